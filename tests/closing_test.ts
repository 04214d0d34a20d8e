import { assert, assertEquals, assertFalse, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError } from "../mod.ts";
import {
  type Answer,
  failure,
  failureOf,
  hang,
  ignoreSignal,
  makeClient,
  ok,
  settle,
  turn,
} from "./helpers.ts";

/** A call that was not sent. */
function assertClosed(error: unknown): void {
  assertInstanceOf(error, PrefactorClientError);
  assertEquals(error.message, "Cannot send the request: the client is closed");
  assertEquals(error.request, undefined);
}

/** A call that was sent, so that the API may have carried it out. */
function assertAborted(error: unknown): void {
  assertInstanceOf(error, PrefactorClientError);
  const message = "Cannot finish the request: the client was closed while it was in flight";
  assertEquals([error.message, error.request?.method], [message, "GET"]);
}

Deno.test("PrefactorHttpClient.close() rejects new calls", async () => {
  const { client, sent } = makeClient(ok);
  await client.close();
  assertClosed(await failureOf(client.request("GET", "/x")));
  assertClosed(await failureOf(client.agentInstances.start("i")));
  assertClosed(await failureOf(client.agentSpans.finish("s")));
  const items = [{ _type: "agent_spans/finish", idempotency_key: "finish-0001" }];
  assertClosed(await failureOf(client.bulk.execute({ items })));
  assertEquals(sent.length, 0);
});

Deno.test("PrefactorHttpClient.close() waits for calls in flight", async () => {
  const answer = Promise.withResolvers<Response>();
  const { client } = makeClient((_sent, index) => index === 0 ? answer.promise : ok(), {
    maxConcurrency: 1,
  });
  const calls = [client.request("GET", "/a"), client.request("GET", "/b")];
  let closed = 0;
  const closing = [client.close().then(() => closed++), client.close().then(() => closed++)];
  assertClosed(await failureOf(client.request("GET", "/c")));
  await turn();
  assertEquals(closed, 0);
  answer.resolve(ok());
  assertEquals(await Promise.all(calls), [{ status: "success" }, { status: "success" }]);
  await Promise.all(closing);
  assertEquals(closed, 2);
  await client.close();
});

Deno.test("PrefactorHttpClient.close() lets calls in flight retry", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient((_sent, index) => index < 2 ? failure(503) : ok());
  const call = client.request("GET", "/x");
  await time.runMicrotasks();
  const closing = client.close();
  assertEquals(await settle(time, call), { status: "success" });
  await closing;
  assertEquals(sent.length, 3);
});

Deno.test("PrefactorHttpClient.close() resolves if a call in flight fails", async () => {
  using time = new FakeTime();
  const { client } = makeClient(() => failure(503));
  const call = failureOf(client.request("GET", "/x"));
  const closing = client.close();
  await settle(time, Promise.all([call, closing]));
  assertFalse(time.next());
});

const STAGES: readonly [string, Answer][] = [
  ["before the headers", hang],
  ["in a fetch that ignores its signal", ignoreSignal],
  ["in the body", () => new Response(new ReadableStream())],
  ["before a retry", () => failure(503, { "retry-after": "50" })],
];

for (const [stage, answer] of STAGES) {
  Deno.test(`PrefactorHttpClient.close({ timeout }) aborts a call ${stage}`, async () => {
    using time = new FakeTime();
    const { client, sent } = makeClient(answer, { connectTimeout: 60_000, requestTimeout: 60_000 });
    const call = failureOf(client.request("GET", "/x"));
    await time.runMicrotasks();
    const started = Date.now();
    const closing = client.close({ timeout: 1_500 });
    assertAborted(await settle(time, call));
    assertEquals(Date.now() - started, 1_500);
    await settle(time, closing);
    assertEquals(sent.length, 1);
    assertFalse(time.next());
  });
}

Deno.test("PrefactorHttpClient.close({ timeout }) aborts queued calls", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(hang, { maxConcurrency: 1 });
  const calls = ["/a", "/b", "/c"].map((path) => failureOf(client.request("GET", path)));
  await time.runMicrotasks();
  const closing = client.close({ timeout: 10 });
  const [sentError, ...queuedErrors] = await settle(time, Promise.all(calls));
  assertAborted(sentError);
  queuedErrors.forEach(assertClosed);
  await settle(time, closing);
  assertEquals(sent.length, 1);
  assertFalse(time.next());
});

Deno.test("PrefactorHttpClient.close({ timeout: 0 }) aborts immediately", async () => {
  using time = new FakeTime();
  const { client } = makeClient(hang);
  const call = failureOf(client.request("GET", "/x"));
  const closing = client.close({ timeout: 0 });
  assertAborted(await settle(time, call));
  await settle(time, closing);
});

Deno.test("PrefactorHttpClient.close({ timeout }) leaves no timer if all calls finish in time", async () => {
  using time = new FakeTime();
  const answer = Promise.withResolvers<Response>();
  const { client } = makeClient(() => answer.promise);
  const call = client.request("GET", "/x");
  const closing = client.close({ timeout: 5_000 });
  await time.runMicrotasks();
  answer.resolve(ok());
  assertEquals(await call, { status: "success" });
  await closing;
  assertFalse(time.next());
});

Deno.test("PrefactorHttpClient.close({ timeout }) sets a deadline for an earlier close()", async () => {
  using time = new FakeTime();
  const { client } = makeClient(hang);
  const call = failureOf(client.request("GET", "/x"));
  const patient = client.close();
  const impatient = client.close({ timeout: 100 });
  assertAborted(await settle(time, call));
  await Promise.all([patient, impatient]);
  assertFalse(time.next());
});

Deno.test("PrefactorHttpClient.close() leaves no listener on a caller's signal", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { client } = makeClient(hang);
  const call = failureOf(client.request("GET", "/x", { signal: controller.signal }));
  const closing = client.close({ timeout: 10 });
  assertAborted(await settle(time, call));
  await closing;
  controller.abort();
});

Deno.test("PrefactorHttpClient.close() rejects an invalid timeout", async (t) => {
  for (const timeout of [-1, NaN, "5", null]) {
    await t.step(`a timeout of ${Deno.inspect(timeout)}`, async () => {
      const { client } = makeClient(ok);
      const error = await failureOf(client.close({ timeout: timeout as number }));
      assertInstanceOf(error, PrefactorClientError);
      assertStringIncludes(error.message, "timeout");
    });
  }
});

Deno.test("PrefactorHttpClient[Symbol.asyncDispose]() closes the client", async () => {
  const answer = Promise.withResolvers<Response>();
  let call!: Promise<unknown>;
  let escaped!: ReturnType<typeof makeClient>["client"];
  const block = (async () => {
    await using client = makeClient(() => answer.promise).client;
    escaped = client;
    call = client.request("GET", "/x");
  })();
  let left = false;
  block.then(() => left = true);
  await turn();
  assertFalse(left);
  answer.resolve(ok());
  assertEquals(await call, { status: "success" });
  await block;
  assert(left);
  assertClosed(await failureOf(escaped.request("GET", "/x")));
});

Deno.test("PrefactorHttpClient() leaves no resources behind when idle", () => {
  makeClient(ok);
});

Deno.test("PrefactorHttpClient() does not keep an idle process alive", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => ok());
  const script = `
    const { PrefactorHttpClient } = await import(${JSON.stringify(import.meta.resolve("../mod.ts"))});
    const client = new PrefactorHttpClient({
      apiUrl: "http://127.0.0.1:${server.addr.port}",
      apiToken: "some-token",
    });
    const { status } = await client.request("POST", "/x", { json: {} });
    console.log(status);
  `;
  const tool = new URL("../tools/with_std.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", tool, "eval", script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill(), 15_000);
  const { code, stdout } = await child.output();
  clearTimeout(deadline);
  assertEquals(new TextDecoder().decode(stdout).trim(), "success");
  assertEquals(code, 0);
});
