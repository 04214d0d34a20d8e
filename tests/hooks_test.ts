import { assert, assertEquals, assertFalse, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  type ClientHooks,
  PrefactorApiError,
  PrefactorNetworkError,
  PrefactorRetryExhaustedError,
  PrefactorTimeoutError,
} from "../mod.ts";
import {
  type Answer,
  failure,
  failureOf,
  hang,
  inTurn,
  json,
  makeClient,
  ok,
  outcome,
  settle,
  turn,
} from "./helpers.ts";

type Seen = [name: string, event: Record<string, unknown>];

/** Creates hooks that record their events. */
function makeRecorder(): { hooks: ClientHooks; seen: Seen[] } {
  const seen: Seen[] = [];
  const record = (name: string) => (event: object) => void seen.push([name, { ...event }]);
  return {
    seen,
    hooks: {
      onRequest: record("onRequest"),
      onResponse: record("onResponse"),
      onError: record("onError"),
      onRetry: record("onRetry"),
    },
  };
}

Deno.test("hooks are called in order for a call", async () => {
  const { hooks, seen } = makeRecorder();
  const { client } = makeClient(() => json({}, 201, { "x-request-id": "r-1" }), { hooks });
  await client.request("POST", "/api/v1/x?secret=1", { params: { b: 2 } });
  assertEquals(seen.map(([name]) => name), ["onRequest", "onResponse"]);
  assertEquals(seen[0]![1], { callId: 1, method: "POST", path: "/api/v1/x", attempt: 1 });
  const { duration, ...response } = seen[1]![1];
  assertEquals(response, {
    callId: 1,
    method: "POST",
    path: "/api/v1/x",
    attempt: 1,
    statusCode: 201,
    requestId: "r-1",
  });
  assert(typeof duration === "number" && duration >= 0);
});

Deno.test("hooks are called in order for every attempt", async () => {
  using time = new FakeTime();
  const { hooks, seen } = makeRecorder();
  const { client } = makeClient(
    inTurn(
      () => failure(503, { "retry-after": "20" }),
      () => Promise.reject(new TypeError("Refused")),
      () => new Promise((resolve) => setTimeout(() => resolve(ok()), 250)),
    ),
    { hooks },
  );
  await settle(time, client.request("GET", "/x?q=1"));
  assertEquals(seen.map(([name, { attempt, path }]) => [name, attempt, path]), [
    ["onRequest", 1, "/x"],
    ["onResponse", 1, "/x"],
    ["onError", 1, "/x"],
    ["onRetry", 2, "/x"],
    ["onRequest", 2, "/x"],
    ["onError", 2, "/x"],
    ["onRetry", 3, "/x"],
    ["onRequest", 3, "/x"],
    ["onResponse", 3, "/x"],
  ]);
  const retries = seen.filter(([name]) => name === "onRetry").map(([, event]) => event);
  assertInstanceOf(retries[0]!["error"], PrefactorApiError);
  const serverDelay = retries[0]!["delay"] as number;
  assert(serverDelay >= 20_000 && serverDelay <= 22_000);
  assertInstanceOf(retries[1]!["error"], PrefactorNetworkError);
  const delay = retries[1]!["delay"] as number;
  assert(delay >= 1_000 && delay <= 2_000);
  assertEquals(seen.at(-1)![1]["duration"], 250);
  assertFalse("requestId" in seen[1]![1]);
});

Deno.test("onRetry() is called just before each retry, and not after the last attempt", async () => {
  using time = new FakeTime();
  const { hooks, seen } = makeRecorder();
  const at: Record<string, number> = {};
  const { client } = makeClient(() => failure(503), {
    hooks: {
      ...hooks,
      onRetry: ({ attempt }) => void (at[`retry ${attempt}`] = Date.now()),
      onRequest: ({ attempt }) => void (at[`request ${attempt}`] = Date.now()),
    },
    maxRetries: 1,
  });
  const error = await failureOf(settle(time, client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertEquals(Object.keys(at), ["request 1", "retry 2", "request 2"]);
  assertEquals(at["retry 2"], at["request 2"]);
  assertEquals(seen.map(([name]) => name), ["onResponse", "onError", "onResponse", "onError"]);
});

Deno.test("onResponse() is called for every complete response", async (t) => {
  const cases: [number, Answer][] = [
    [204, () => new Response(null, { status: 204 })],
    [200, () => new Response("<html>")],
    [302, () => new Response(null, { status: 302 })],
    [404, () => failure(404)],
    [500, () => new Response("<html>", { status: 500 })],
  ];
  for (const [status, answer] of cases) {
    await t.step(`a ${status}`, async () => {
      const { hooks, seen } = makeRecorder();
      const { client } = makeClient(answer, { hooks, maxRetries: 0 });
      await outcome(client.request("GET", "/x"));
      assertEquals(seen.map(([name, { statusCode }]) => [name, statusCode]), [
        ["onRequest", undefined],
        ["onResponse", status],
        ...(status === 204 ? [] : [["onError", undefined]]),
      ]);
    });
  }
});

Deno.test("onResponse() is not called for a response after a timeout", async () => {
  using time = new FakeTime();
  const late = Promise.withResolvers<Response>();
  const { hooks, seen } = makeRecorder();
  const { client } = makeClient(() => late.promise, { hooks, maxRetries: 0 });
  await failureOf(settle(time, client.request("GET", "/x")));
  late.resolve(ok());
  await time.runMicrotasks();
  assertEquals(seen.map(([name]) => name), ["onRequest", "onError"]);
  assertInstanceOf(seen[1]![1]["error"], PrefactorTimeoutError);
});

Deno.test("onError() is called for an aborted attempt with the reason, and not for one in the queue", async () => {
  const { hooks, seen } = makeRecorder();
  const { client } = makeClient(hang, { hooks, maxConcurrency: 1 });
  const controller = new AbortController();
  const calls = ["/a", "/b"].map((path) => failureOf(client.request("GET", path, controller)));
  await turn();
  controller.abort("stopped");
  assertEquals(await Promise.all(calls), ["stopped", "stopped"]);
  assertEquals(seen.map(([name, { path, error }]) => [name, path, error]), [
    ["onRequest", "/a", undefined],
    ["onError", "/a", "stopped"],
  ]);
});

Deno.test("every event of a call has its callId, which no other call has", async () => {
  using time = new FakeTime();
  const { hooks, seen } = makeRecorder();
  const { client } = makeClient(inTurn(() => failure(503), ok), { hooks });
  await settle(time, client.request("GET", "/a"));
  await client.request("GET", "/b");
  const callIds = (wanted: string) =>
    new Set(seen.flatMap(([, e]) => e["path"] === wanted ? [e["callId"]] : []));
  assertEquals([callIds("/a").size, callIds("/b").size], [1, 1]);
  assertEquals(callIds("/a").isDisjointFrom(callIds("/b")), true);
});

Deno.test("onRequest() is not called for a queued call or an invalid one", async () => {
  const { hooks, seen } = makeRecorder();
  const answer = Promise.withResolvers<Response>();
  const { client } = makeClient(() => answer.promise, { hooks, maxConcurrency: 1 });
  const first = client.request("GET", "/a");
  const second = failureOf(client.request("GET", "/b", { maxRetries: 0 }));
  await failureOf(client.request("GET", "no path"));
  await turn();
  assertEquals(seen.length, 1);
  answer.resolve(ok());
  await first;
  await second;
});

const NAMES = ["onRequest", "onResponse", "onRetry"] as const;

const BAD_HOOKS: readonly [string, () => unknown][] = [
  ["throw an error", () => {
    throw new Error("An error of the hook");
  }],
  ["throw undefined", () => {
    throw undefined;
  }],
  ["reject", () => Promise.reject(new Error("An error of the hook"))],
  ["never settle", () => new Promise(() => {})],
  ["reject later", async () => {
    await turn();
    throw new Error("An error of the hook");
  }],
  ["return a thenable that throws", () => ({
    then: () => {
      throw new Error("An error of the hook");
    },
  })],
  ["return a thenable with a throwing getter", () => ({
    get then(): never {
      throw new Error("An error of the hook");
    },
  })],
];

for (const [name, hook] of BAD_HOOKS) {
  Deno.test(`hooks that ${name} do not affect the call`, async () => {
    using time = new FakeTime();
    const unhandled: unknown[] = [];
    const listener = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      unhandled.push(event.reason);
    };
    globalThis.addEventListener("unhandledrejection", listener);
    try {
      const hooks = Object.fromEntries(NAMES.map((name) => [name, hook]));
      const { client } = makeClient(inTurn(() => failure(503), ok), { hooks });
      assertEquals(await settle(time, client.request("GET", "/x")), { status: "success" });
      await time.delay(5);
    } finally {
      globalThis.removeEventListener("unhandledrejection", listener);
    }
    assertEquals(unhandled, []);
  });
}

Deno.test("hooks with getters that throw later do not affect the call", async () => {
  let armed = false;
  const hooks = {
    get onRequest(): undefined {
      if (armed) throw new Error("An error of the hook");
      return undefined;
    },
    get onResponse(): undefined {
      if (armed) throw new Error("An error of the hook");
      return undefined;
    },
  } as unknown as ClientHooks;
  const { client } = makeClient(ok, { hooks });
  armed = true;
  assertEquals(await client.request("GET", "/x"), { status: "success" });
});

Deno.test("PrefactorHttpClient.request() does not wait for hooks", async () => {
  const order: string[] = [];
  const held = Promise.withResolvers<void>();
  const hooks: ClientHooks = {
    async onRequest() {
      await held.promise;
      order.push("hook");
    },
  };
  const { client } = makeClient(ok, { hooks });
  await client.request("GET", "/x");
  order.push("response");
  held.resolve();
  await turn();
  assertEquals(order, ["response", "hook"]);
});

Deno.test("hooks are called as methods of their object", async () => {
  class Recorder implements ClientHooks {
    count = 0;
    onRequest(): void {
      this.count++;
    }
  }
  const hooks = new Recorder();
  const { client } = makeClient(ok, { hooks });
  await client.request("GET", "/x");
  assertEquals(hooks.count, 1);
});

Deno.test("hooks that change their event affect neither the request nor other events", async () => {
  const paths: unknown[] = [];
  const hooks: ClientHooks = {
    onRequest(event) {
      Object.assign(event, { path: "/other", method: "DELETE", attempt: 9 });
    },
    onResponse: ({ method, path, attempt }) => paths.push(method, path, attempt),
  };
  const { client, sent } = makeClient(ok, { hooks });
  await client.request("GET", "/x");
  assertEquals(paths, ["GET", "/x", 1]);
  assertEquals(sent[0]!.url, "https://api.example.test/x");
});

Deno.test("an abort in onRequest() sends nothing", async () => {
  const controller = new AbortController();
  const { client, sent } = makeClient(ok, { hooks: { onRequest: () => controller.abort("in the hook") } });
  assertStrictEquals(
    await failureOf(client.request("GET", "/x", { signal: controller.signal })),
    "in the hook",
  );
  assertEquals(sent.length, 0);
});

Deno.test("an abort in onRetry() stops the call", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { client, sent } = makeClient(() => failure(503), {
    hooks: { onRetry: () => controller.abort("in the hook") },
  });
  assertStrictEquals(
    await failureOf(settle(time, client.request("GET", "/x", { signal: controller.signal }))),
    "in the hook",
  );
  assertEquals(sent.length, 1);
});

Deno.test("onRequest() is not called after onRetry() has aborted the call", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { hooks, seen } = makeRecorder();
  const onRetry = () => controller.abort("stopped");
  const { client, sent } = makeClient(() => failure(503), { hooks: { ...hooks, onRetry } });
  const call = client.request("GET", "/x", { signal: controller.signal });
  assertEquals(await failureOf(settle(time, call)), "stopped");
  assertEquals([sent.length, seen.map(([name]) => name)], [1, ["onRequest", "onResponse", "onError"]]);
});

Deno.test("a hook that freezes its events does not affect the request", async () => {
  using time = new FakeTime();
  const hooks = { onError: ({ error }: { error: unknown }) => Object.freeze(error) };
  const recovering = makeClient(inTurn(() => failure(503), () => failure(503), ok), { hooks });
  assertEquals(await settle(time, recovering.client.request("GET", "/x")), { status: "success" });
  const failing = makeClient(() => failure(503), { hooks });
  const exhausted = await failureOf(settle(time, failing.client.request("GET", "/x")));
  assertInstanceOf(exhausted, PrefactorRetryExhaustedError);
  const once = await failureOf(failing.client.request("GET", "/x", { maxRetries: 0 }));
  assertInstanceOf(once, PrefactorApiError);
});
