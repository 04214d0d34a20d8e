import { assert, assertEquals, assertFalse, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorRetryExhaustedError, PrefactorTimeoutError } from "../../mod.ts";
import { failureOf, hang, ignoreSignal, json, makeClient, ok, outcome, settle } from "../helpers.ts";

/** Creates a response whose body sends one byte, never ends and ignores the signal. */
function endlessBody(onCancel: () => void = () => {}): Response {
  return new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
      cancel: onCancel,
    }),
  );
}

Deno.test("connectTimeout limits the time to the response headers", async (t) => {
  for (const [name, respond] of [["obeys", hang], ["ignores", ignoreSignal]] as const) {
    await t.step(`fetch ${name} its signal`, async () => {
      using time = new FakeTime();
      const started = Date.now();
      const { client, sent } = makeClient(respond, { connectTimeout: 400, maxRetries: 0 });
      const error = await failureOf(settle(time, client.request("GET", "/x")));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], ["connect", 400]);
      assertEquals(Date.now() - started, 400);
      assert(sent[0]!.signal.aborted);
      assertFalse(time.next());
    });
  }
});

Deno.test("requestTimeout limits the time to the last byte of the response", async (t) => {
  const cases = [
    ["no headers", ignoreSignal],
    ["a body that never ends", () => endlessBody()],
    [
      "headers late, then a body that never ends",
      () => new Promise<Response>((resolve) => setTimeout(() => resolve(endlessBody()), 300)),
    ],
  ] as const;
  for (const [name, respond] of cases) {
    await t.step(name, async () => {
      using time = new FakeTime();
      const started = Date.now();
      const { client } = makeClient(respond, { requestTimeout: 700, maxRetries: 0 });
      const error = await failureOf(settle(time, client.request("GET", "/x", { connectTimeout: null })));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertEquals([error.phase, error.timeout], ["request", 700]);
      assertEquals(Date.now() - started, 700);
      assertFalse(time.next());
    });
  }
});

Deno.test("connectTimeout does not apply after the headers have arrived", async () => {
  using time = new FakeTime();
  const started = Date.now();
  const { client } = makeClient(() => endlessBody(), { connectTimeout: 100, requestTimeout: 700 });
  const error = await failureOf(settle(time, client.request("GET", "/x", { maxRetries: 0 })));
  assertInstanceOf(error, PrefactorTimeoutError);
  assertEquals(error.phase, "request");
  assertEquals(Date.now() - started, 700);
});

Deno.test("a timeout in the body cancels the body", async () => {
  using time = new FakeTime();
  let cancelled = 0;
  const { client } = makeClient(() => endlessBody(() => cancelled++), { maxRetries: 0 });
  await failureOf(settle(time, client.request("GET", "/x")));
  await time.runMicrotasks();
  assertEquals(cancelled, 1);
});

Deno.test("a response that arrives after the timeout is cancelled", async () => {
  using time = new FakeTime();
  let cancelled = 0;
  const late = Promise.withResolvers<Response>();
  const { client } = makeClient(() => late.promise, { maxRetries: 0 });
  await failureOf(settle(time, client.request("GET", "/x")));
  late.resolve(endlessBody(() => cancelled++));
  await time.runMicrotasks();
  assertEquals(cancelled, 1);
});

Deno.test("connectTimeout defaults to 10 s and requestTimeout to 30 s", async (t) => {
  for (const [phase, respond] of [["connect", hang], ["request", () => endlessBody()]] as const) {
    await t.step(`the timeout of the phase ${phase}`, async () => {
      using time = new FakeTime();
      const { client } = makeClient(respond);
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
    await t.step(`with the options ${Deno.inspect(options)}`, async () => {
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

Deno.test("the timeouts apply to each attempt", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(ignoreSignal, { connectTimeout: 500, maxRetries: 2 });
  const started = Date.now();
  const error = await failureOf(settle(time, client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertInstanceOf(error.lastError, PrefactorTimeoutError);
  assertEquals([error.attempts, sent.length], [3, 3]);
  assert(Date.now() - started >= 3 * 500 + 500 + 1_000);
});

Deno.test("PrefactorHttpClient.request() resolves if the response arrives within the timeouts", async () => {
  using time = new FakeTime();
  const { client } = makeClient(
    () => new Promise((resolve) => setTimeout(() => resolve(ok()), 9_999)),
  );
  assertEquals(await settle(time, client.request("GET", "/x")), { status: "success" });
  assertFalse(time.next());
});

Deno.test("a timeout longer than the maximum of setTimeout() does not expire immediately", async (t) => {
  for (const timeout of [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
    for (const connectTimeout of [timeout, null]) {
      await t.step(`a timeout of ${timeout} and a connectTimeout of ${connectTimeout}`, async () => {
        const response = Promise.withResolvers<Response>();
        const { client, sent } = makeClient(() => response.promise, { maxRetries: 0 });
        const call = outcome(client.request("GET", "/x", { timeout, connectTimeout }));
        for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
        assertFalse(sent[0]!.signal.aborted);
        response.resolve(ok());
        assertEquals(await call, { value: { status: "success" } });
      });
    }
  }
});

Deno.test("PrefactorHttpClient.request() leaves no timer, however it ends", async (t) => {
  const cases = [
    ["a success", () => ok()],
    ["an error of the API", () => json({ code: "x" }, 404)],
    ["a network error", () => Promise.reject(new TypeError("Refused"))],
    ["a redirect", () => new Response(null, { status: 302 })],
    ["a response that is not JSON", () => new Response("<html>")],
    ["a response over maxResponseBytes", () => new Response(new Uint8Array(100))],
  ] as const;
  for (const [name, respond] of cases) {
    await t.step(`after ${name}`, async () => {
      using time = new FakeTime();
      const { client } = makeClient(respond, { maxRetries: 0, maxResponseBytes: 99 });
      await outcome(client.request("GET", "/x"));
      assertFalse(time.next());
    });
  }
});

Deno.test("a call that the timeout of another call aborts leaves no timer", async (t) => {
  for (const paths of [["/first", "/second"], ["/second", "/first"]] as const) {
    await t.step(`${paths[0]} before ${paths[1]}`, async () => {
      using time = new FakeTime();
      const other = new AbortController();
      const { client } = makeClient(({ url, signal }) => {
        if (url.endsWith("/second")) return endlessBody();
        signal.addEventListener("abort", () => other.abort("aborted by the first"));
        return ignoreSignal();
      }, { connectTimeout: 100, requestTimeout: 700, maxRetries: 0 });
      const calls = paths.map((path) =>
        failureOf(client.request("GET", path, path === "/second" ? { signal: other.signal } : {}))
      );
      const failures = await settle(time, Promise.all(calls));
      assertInstanceOf(failures[paths.indexOf("/first")], PrefactorTimeoutError);
      assertEquals(failures[paths.indexOf("/second")], "aborted by the first");
      assertFalse(time.next());
    });
  }
});

Deno.test("the timeouts do not include the time in the queue of maxConcurrency", async () => {
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

Deno.test("PrefactorHttpClient.request() times out if a real server stalls", async (t) => {
  const { promise: stalled, resolve: respond } = Promise.withResolvers<Response>();
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
    await t.step(`at ${path}`, async () => {
      const options = phase === "connect" ? { connectTimeout: 100 } : { timeout: 100 };
      const error = await failureOf(client.request("GET", path, options));
      assertInstanceOf(error, PrefactorTimeoutError);
      assertStrictEquals(error.phase, phase);
    });
  }
  respond(new Response());
  await client.close();
});
