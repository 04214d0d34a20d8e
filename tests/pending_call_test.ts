import { assert, assertEquals, assertFalse, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorApiError, PrefactorNetworkError } from "../mod.ts";
import {
  type Answer,
  countListeners,
  failure,
  failureOf,
  hang,
  ignoreSignal,
  makeClient,
  ok,
  settle,
  turn,
} from "./helpers.ts";

const REASONS: readonly unknown[] = [
  new Error("Stopped"),
  "a string",
  0,
  "",
  null,
  undefined,
  { any: "thing" },
  new PrefactorNetworkError("An abort that looks transient"),
  new PrefactorApiError("An abort that looks like a response", "busy", 503),
];

function firstLine(value: unknown): string {
  return Deno.inspect(value).split("\n")[0]!;
}

function stuckBody(): Response {
  return new Response(
    new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new TextEncoder().encode("{")) }),
  );
}

const STAGES: readonly [string, Answer, number][] = [
  ["before the headers", hang, 1],
  ["before the headers, with a fetch that ignores its signal,", ignoreSignal, 1],
  ["in the body", stuckBody, 1],
  ["during the delay before a retry", () => failure(503), 1],
  ["during a delay that the server requested", () => failure(503, { "retry-after": "50" }), 1],
  ["in the second attempt", (sent, index) => index === 0 ? failure(503) : hang(sent), 2],
];

for (const [stage, respond, attempts] of STAGES) {
  Deno.test(`an abort ${stage} rejects with its reason`, async (t) => {
    for (const reason of REASONS) {
      await t.step(`the reason ${firstLine(reason)}`, async () => {
        using time = new FakeTime();
        const controller = new AbortController();
        const listeners = countListeners(controller.signal);
        const { client, sent } = makeClient(respond, { connectTimeout: 60_000, requestTimeout: 60_000 });
        const call = failureOf(client.request("POST", "/x", { signal: controller.signal, json: {} }));
        await time.tickAsync(attempts === 1 ? 400 : 1_000);
        await time.runMicrotasks();
        assertEquals(sent.length, attempts);
        assertEquals(listeners(), 1);
        controller.abort(reason);
        assertStrictEquals(await call, controller.signal.reason);
        assertEquals(listeners(), 0);
        await time.runMicrotasks();
        assertFalse(time.next());
        assertEquals(sent.length, attempts);
      });
    }
  });
}

Deno.test("an abort without a reason rejects with its DOMException", async () => {
  const controller = new AbortController();
  const { client } = makeClient(hang);
  const call = failureOf(client.request("GET", "/x", { signal: controller.signal }));
  controller.abort();
  const error = await call;
  assertInstanceOf(error, DOMException);
  assertEquals(error.name, "AbortError");
});

Deno.test("PrefactorHttpClient.request() sends nothing if the signal is already aborted", async (t) => {
  for (const reason of REASONS) {
    await t.step(`with the reason ${firstLine(reason)}`, async () => {
      const signal = AbortSignal.abort(reason);
      const listeners = countListeners(signal);
      const { client, sent } = makeClient(ok);
      assertStrictEquals(await failureOf(client.request("GET", "/x", { signal })), signal.reason);
      const span = { agent_instance_id: "i", schema_name: "s", status: "active" } as const;
      assertStrictEquals(await failureOf(client.agentSpans.create(span, { signal })), signal.reason);
      assertEquals([sent.length, listeners()], [0, 0]);
    });
  }
});

Deno.test("an abort in the queue of maxConcurrency sends nothing", async (t) => {
  for (const reason of REASONS) {
    await t.step(`with the reason ${firstLine(reason)}`, async () => {
      const first = Promise.withResolvers<Response>();
      const { client, sent } = makeClient(() => first.promise, { maxConcurrency: 1 });
      const controller = new AbortController();
      const listeners = countListeners(controller.signal);
      const running = client.request("GET", "/a");
      const waiting = failureOf(client.request("GET", "/b", { signal: controller.signal }));
      await turn();
      controller.abort(reason);
      assertStrictEquals(await waiting, controller.signal.reason);
      assertEquals(listeners(), 0);
      first.resolve(ok());
      await running;
      assertEquals(sent.length, 1);
    });
  }
});

Deno.test("an abort while a retry is in the queue sends nothing more", async () => {
  using time = new FakeTime();
  const second = Promise.withResolvers<Response>();
  const { client, sent } = makeClient((_sent, index) => index === 0 ? failure(503) : second.promise, {
    maxConcurrency: 1,
    connectTimeout: 60_000,
    requestTimeout: 60_000,
  });
  const controller = new AbortController();
  const retrying = failureOf(client.request("GET", "/a", { signal: controller.signal }));
  await time.runMicrotasks();
  const other = client.request("GET", "/b");
  await time.tickAsync(2_000);
  await time.runMicrotasks();
  controller.abort("left");
  assertEquals(await retrying, "left");
  second.resolve(ok());
  await other;
  assertEquals(sent.map(({ url }) => new URL(url).pathname), ["/a", "/b"]);
});

Deno.test("an abort in any microtask after a backoff does not wait for a slot", async () => {
  using time = new FakeTime();
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    const slot = Promise.withResolvers<Response>();
    const { client, sent } = makeClient((_sent, index) => index === 0 ? failure(503) : slot.promise, {
      maxConcurrency: 1,
    });
    const controller = new AbortController();
    let isPending = true;
    const retrying = failureOf(client.request("GET", "/a", { signal: controller.signal }))
      .finally(() => isPending = false);
    await time.runMicrotasks();
    const other = client.request("GET", "/b");
    time.tick(2_000);
    for (let count = 0; count < microtasks; count++) await null;
    controller.abort("left");
    await time.runMicrotasks();
    assertFalse(isPending, `after ${microtasks} microtasks`);
    assertEquals(await retrying, "left");
    slot.resolve(ok());
    await other;
    assertEquals(sent.length, 2);
  }
});

Deno.test("an abort after the response has no effect", async () => {
  const controller = new AbortController();
  const listeners = countListeners(controller.signal);
  const { client } = makeClient(ok);
  assertEquals(await client.request("GET", "/x", { signal: controller.signal }), { status: "success" });
  assertEquals(listeners(), 0);
  controller.abort();
});

Deno.test("PrefactorHttpClient.request() leaves no listener, however it ends", async (t) => {
  const cases: [string, Answer][] = [
    ["a success", ok],
    ["an error of the API", () => failure(404)],
    ["exhausted retries", () => failure(503)],
    ["a network error", () => Promise.reject(new TypeError("Refused"))],
    ["a timeout", ignoreSignal],
    ["too long a Retry-After", () => failure(503, { "retry-after": "1000" })],
    ["a response that is not JSON", () => new Response("<html>")],
  ];
  for (const [name, respond] of cases) {
    await t.step(`after ${name}`, async () => {
      using time = new FakeTime();
      const { signal } = new AbortController();
      const listeners = countListeners(signal);
      const { client } = makeClient(respond);
      await settle(time, client.request("GET", "/x", { signal }).catch(() => {}));
      assertEquals(listeners(), 0);
    });
  }
});

Deno.test("100 calls with one signal leave no listener", async () => {
  const controller = new AbortController();
  const listeners = countListeners(controller.signal);
  const { client } = makeClient(hang, { maxConcurrency: 10 });
  const calls = Array.from(
    { length: 100 },
    () => failureOf(client.request("GET", "/x", { signal: controller.signal })),
  );
  await turn();
  controller.abort("all");
  assertEquals(new Set(await Promise.all(calls)), new Set(["all"]));
  assertEquals(listeners(), 0);
});

Deno.test("an abort aborts the signal of fetch", async () => {
  const controller = new AbortController();
  const { client, sent } = makeClient(ignoreSignal);
  const call = failureOf(client.request("GET", "/x", { signal: controller.signal }));
  await turn();
  assertFalse(sent[0]!.signal.aborted);
  controller.abort("why");
  await call;
  assert(sent[0]!.signal.aborted);
  assertEquals(sent[0]!.signal.reason, "why");
});

Deno.test("an abort in the body cancels the body", async () => {
  let cancelled = 0;
  const controller = new AbortController();
  const { client } = makeClient(() => new Response(new ReadableStream({ cancel: () => void cancelled++ })));
  const call = failureOf(client.request("GET", "/x", { signal: controller.signal }));
  await turn();
  controller.abort("why");
  assertEquals(await call, "why");
  await turn();
  assertEquals(cancelled, 1);
});

Deno.test("an abort in the body of a real response leaves no resource open", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, stuckBody);
  const { client } = makeClient(ok, {
    apiUrl: `http://127.0.0.1:${server.addr.port}`,
    fetch: undefined,
    hooks: { onRequest: () => void setTimeout(() => controller.abort("why"), 50) },
  });
  const controller = new AbortController();
  assertEquals(await failureOf(client.request("GET", "/x", { signal: controller.signal })), "why");
});
