import { assert, assertEquals, assertFalse, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError, PrefactorRetryExhaustedError, PrefactorTimeoutError } from "../../mod.ts";
import { failureOf, hang, ignoreSignal, json, makeClient, ok, outcome, settle } from "../helpers.ts";

const BULK = { items: [{ _type: "agent_spans/finish", idempotency_key: "finish-0001" }] };

/** A body that gives its first byte and no more, whatever the signal says. */
function endlessBody(onCancel: () => void = () => {}): Response {
  return new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
      cancel: onCancel,
    }),
  );
}

Deno.test("connectTimeout bounds the wait for the headers", async (t) => {
  for (const [name, answer] of [["obeys", hang], ["ignores", ignoreSignal]] as const) {
    await t.step(`fetch ${name} its signal`, async () => {
      using time = new FakeTime();
      const started = Date.now();
      const { client, sent } = makeClient(answer, { connectTimeout: 400, maxRetries: 0 });
      const error = await failureOf(settle(time, client.request("GET", "/x")));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], ["connect", 400]);
      assertEquals(Date.now() - started, 400);
      assert(sent[0]!.signal.aborted);
      assertFalse(time.next());
    });
  }
});

Deno.test("requestTimeout bounds the attempt to its last byte", async (t) => {
  const cases = [
    ["no headers", ignoreSignal],
    ["a body that never ends", () => endlessBody()],
    [
      "headers late, then a body that never ends",
      () => new Promise<Response>((resolve) => setTimeout(() => resolve(endlessBody()), 300)),
    ],
  ] as const;
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      using time = new FakeTime();
      const started = Date.now();
      const { client } = makeClient(answer, { requestTimeout: 700, maxRetries: 0 });
      const error = await failureOf(settle(time, client.request("GET", "/x", { connectTimeout: null })));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], ["request", 700]);
      assertEquals(Date.now() - started, 700);
      assertFalse(time.next());
    });
  }
});

Deno.test("connectTimeout is over once the headers have come", async () => {
  using time = new FakeTime();
  const started = Date.now();
  const { client } = makeClient(() => endlessBody(), { connectTimeout: 100, requestTimeout: 700 });
  const error = await failureOf(settle(time, client.request("GET", "/x", { maxRetries: 0 })));
  assertInstanceOf(error, PrefactorTimeoutError);
  assertEquals(error.phase, "request");
  assertEquals(Date.now() - started, 700);
});

Deno.test("a timeout in the body cancels it", async () => {
  using time = new FakeTime();
  let cancelled = 0;
  const { client } = makeClient(() => endlessBody(() => cancelled++), { maxRetries: 0 });
  await failureOf(settle(time, client.request("GET", "/x")));
  await time.runMicrotasks();
  assertEquals(cancelled, 1);
});

Deno.test("an answer after the timeout is cancelled", async () => {
  using time = new FakeTime();
  let cancelled = 0;
  const late = Promise.withResolvers<Response>();
  const { client } = makeClient(() => late.promise, { maxRetries: 0 });
  await failureOf(settle(time, client.request("GET", "/x")));
  late.resolve(endlessBody(() => cancelled++));
  await time.runMicrotasks();
  assertEquals(cancelled, 1);
});

Deno.test("the defaults are 10 s for the headers and 30 s for all", async (t) => {
  for (const [phase, answer] of [["connect", hang], ["request", () => endlessBody()]] as const) {
    await t.step(phase, async () => {
      using time = new FakeTime();
      const { client } = makeClient(answer);
      const error = await failureOf(settle(time, client.request("GET", "/x", { maxRetries: 0 })));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], [phase, phase === "connect" ? 10_000 : 30_000]);
    });
  }
});

Deno.test("the timeouts of a call replace those of the config", async (t) => {
  const cases = [
    [{ timeout: 50 }, "request", 50],
    [{ connectTimeout: 60 }, "connect", 60],
    [{ connectTimeout: null }, "request", 3_000],
    [{ connectTimeout: 200, timeout: 90_000 }, "connect", 200],
    [{ connectTimeout: null, timeout: 90_000 }, "request", 90_000],
    [{ connectTimeout: undefined, timeout: undefined }, "connect", 1_000],
  ] as const;
  for (const [options, phase, timeout] of cases) {
    await t.step(Deno.inspect(options), async () => {
      using time = new FakeTime();
      const started = Date.now();
      const { client } = makeClient(ignoreSignal, {
        connectTimeout: 1_000,
        requestTimeout: 3_000,
        maxRetries: 0,
      });
      const error = await failureOf(settle(time, client.request("GET", "/x", options)));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], [phase, timeout]);
      assertEquals(Date.now() - started, timeout);
    });
  }
});

Deno.test("each attempt has the whole of its timeouts", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(ignoreSignal, { connectTimeout: 500, maxRetries: 2 });
  const started = Date.now();
  const error = await failureOf(settle(time, client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertInstanceOf(error.lastError, PrefactorTimeoutError);
  assertEquals([error.attempts, sent.length], [3, 3]);
  assert(Date.now() - started >= 3 * 500 + 500 + 1_000);
});

Deno.test("a slow answer within the timeouts is no timeout", async () => {
  using time = new FakeTime();
  const { client } = makeClient(
    () => new Promise((resolve) => setTimeout(() => resolve(ok()), 9_999)),
  );
  assertEquals(await settle(time, client.request("GET", "/x")), { status: "success" });
  assertFalse(time.next());
});

Deno.test("a timeout longer than a timer can hold does not fire at once", async (t) => {
  for (const timeout of [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
    for (const connectTimeout of [timeout, null]) {
      await t.step(`${timeout}, ${connectTimeout}`, async () => {
        const answer = Promise.withResolvers<Response>();
        const { client, sent } = makeClient(() => answer.promise, { maxRetries: 0 });
        const call = outcome(client.request("GET", "/x", { timeout, connectTimeout }));
        for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
        assertFalse(sent[0]!.signal.aborted);
        answer.resolve(ok());
        assertEquals(await call, { value: { status: "success" } });
      });
    }
  }
});

Deno.test("BulkClient.execute() has no connectTimeout unless given", async (t) => {
  const cases = [[undefined, "request", 5_000], [{ connectTimeout: 70 }, "connect", 70]] as const;
  for (const [options, phase, timeout] of cases) {
    await t.step(Deno.inspect(options), async () => {
      using time = new FakeTime();
      const { client } = makeClient(ignoreSignal, {
        connectTimeout: 100,
        requestTimeout: 5_000,
        maxRetries: 0,
      });
      const error = await failureOf(settle(time, client.bulk.execute(BULK, options)));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], [phase, timeout]);
    });
  }
});

Deno.test("BulkClient.execute() keeps to no connectTimeout where options leave it undefined", async () => {
  using time = new FakeTime();
  const { client } = makeClient(ignoreSignal, { connectTimeout: 100, requestTimeout: 5_000, maxRetries: 0 });
  const error = await failureOf(
    settle(time, client.bulk.execute(BULK, { connectTimeout: undefined })),
  );
  assertInstanceOf(error, PrefactorTimeoutError);
  assertEquals(error.phase, "request");
});

Deno.test("the timer is gone however a call ends", async (t) => {
  const cases = [
    ["success", () => ok()],
    ["error of the API", () => json({ code: "x" }, 404)],
    ["network error", () => Promise.reject(new TypeError("Refused"))],
    ["redirect", () => new Response(null, { status: 302 })],
    ["garbage", () => new Response("<html>")],
    ["too long", () => new Response(new Uint8Array(100))],
  ] as const;
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      using time = new FakeTime();
      const { client } = makeClient(answer, { maxRetries: 0, maxResponseBytes: 99 });
      await outcome(client.request("GET", "/x"));
      assertFalse(time.next());
    });
  }
});

Deno.test("a call that is ended by the timeout of another leaves no timer", async (t) => {
  for (const paths of [["/first", "/second"], ["/second", "/first"]] as const) {
    await t.step(paths.join(" "), async () => {
      using time = new FakeTime();
      const other = new AbortController();
      const { client } = makeClient(({ url, signal }) => {
        if (url.endsWith("/second")) return endlessBody();
        signal.addEventListener("abort", () => other.abort("ended by the first"));
        return ignoreSignal();
      }, { connectTimeout: 100, requestTimeout: 700, maxRetries: 0 });
      const ends = paths.map((path) =>
        failureOf(client.request("GET", path, path === "/second" ? { signal: other.signal } : {}))
      );
      const failures = await settle(time, Promise.all(ends));
      assertInstanceOf(failures[paths.indexOf("/first")], PrefactorTimeoutError);
      assertEquals(failures[paths.indexOf("/second")], "ended by the first");
      assertFalse(time.next());
    });
  }
});

Deno.test("the time in the line before the limit counts for no timeout", async () => {
  using time = new FakeTime();
  const first = Promise.withResolvers<Response>();
  const { client, sent } = makeClient((_sent, index) => index === 0 ? first.promise : ok(), {
    maxConcurrency: 1,
    connectTimeout: 1_000,
  });
  const a = client.request("GET", "/a", { connectTimeout: null, timeout: 100_000 });
  const b = client.request("GET", "/b");
  await time.tickAsync(50_000);
  assertEquals(sent.length, 1);
  first.resolve(ok());
  await Promise.all([a, b]);
});

Deno.test("a real server that stalls is left after the timeout", async (t) => {
  const { promise: stalled, resolve: letGo } = Promise.withResolvers<Response>();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    if (url.endsWith("/headers")) return stalled;
    return endlessBody();
  });
  const { client } = makeClient(ignoreSignal, {
    apiUrl: `http://127.0.0.1:${server.addr.port}`,
    fetch: undefined,
    maxRetries: 0,
  });
  for (const [path, phase] of [["/headers", "connect"], ["/body", "request"]] as const) {
    await t.step(path, async () => {
      const options = phase === "connect" ? { connectTimeout: 100 } : { timeout: 100 };
      const error = await failureOf(client.request("GET", path, options));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertStrictEquals(error.phase, phase);
    });
  }
  letGo(new Response());
  await client.close();
});

Deno.test("PrefactorHttpClient.request() refuses a bad timeout", async (t) => {
  const cases = [
    ["timeout", [0, -1, NaN, Infinity, "5", null]],
    ["connectTimeout", [0, -1, NaN, Infinity, "5"]],
    ["maxRetries", [-1, 1.5, NaN, Infinity, "5", null]],
  ] as const;
  for (const [field, values] of cases) {
    for (const value of values) {
      await t.step(`${field}: ${Deno.inspect(value)}`, async () => {
        const { client, sent } = makeClient(ok);
        const error = await failureOf(client.request("GET", "/x", { [field]: value }));
        assertInstanceOf(error, PrefactorClientError);
        assert(error.message.includes(field));
        assertEquals(sent.length, 0);
      });
    }
  }
});
