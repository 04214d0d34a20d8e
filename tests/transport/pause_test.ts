import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorApiError, PrefactorTimeoutError } from "../../mod.ts";
import { failure, failureOf, hang, makeClient, ok, outcome, settle } from "../helpers.ts";

const BUSY = () => failure(429, { "retry-after": "10" });

Deno.test("a 429 with Retry-After holds back every other call of the client", async () => {
  using time = new FakeTime();
  const start = Date.now();
  const times: number[] = [];
  const { client, sent } = makeClient((_sent, index) => {
    times.push(Date.now() - start);
    return index === 0 ? BUSY() : ok();
  }, { maxRetries: 0 });
  assertInstanceOf(await failureOf(client.request("GET", "/first")), PrefactorApiError);
  const calls = Array.from({ length: 100 }, (_, n) => client.request("GET", `/${n}`));
  await time.tickAsync(9_999);
  assertEquals(sent.length, 1);
  await settle(time, Promise.all(calls));
  const waits = times.slice(1);
  assert(waits.every((at) => at >= 10_000 && at <= 11_100), waits.join());
  assert(waits.at(-1)! - waits[0]! >= 800, "The calls were sent together");
  assertEquals(
    sent.slice(1).map(({ url }) => Number(url.split("/").at(-1))),
    Array.from({ length: 100 }, (_, n) => n),
  );
  await client.close();
  assertFalse(time.next());
});

Deno.test("calls that received a 429 together are not retried together", async () => {
  using time = new FakeTime();
  const start = Date.now();
  const times: number[] = [];
  const { client } = makeClient((_sent, index) => {
    times.push(Date.now() - start);
    return index < 100 ? BUSY() : ok();
  });
  await settle(time, Promise.all(Array.from({ length: 100 }, () => client.request("GET", "/x"))));
  const retries = times.slice(100);
  assert(retries.every((at) => at >= 10_000 && at <= 12_100), retries.join());
  assert(retries.at(-1)! - retries[0]! >= 700, "The calls were retried together");
});

Deno.test("a 429 without Retry-After, or with one above maxRetryDelay, does not hold back other calls", async () => {
  for (const headers of [{}, { "retry-after": "61" }]) {
    const { client, sent } = makeClient((_sent, index) => index === 0 ? failure(429, headers) : ok(), {
      maxRetries: 0,
    });
    await outcome(client.request("GET", "/a"));
    await client.request("GET", "/b");
    assertEquals(sent.length, 2);
  }
});

Deno.test("a call that is held back ends by its totalTimeout or its signal, and is not sent", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient((_sent, index) => index === 0 ? BUSY() : ok(), { maxRetries: 0 });
  await outcome(client.request("GET", "/a"));
  const controller = new AbortController();
  const timedOut = failureOf(client.request("GET", "/b", { totalTimeout: 1_000 }));
  const aborted = failureOf(client.request("GET", "/c", controller));
  await time.tickAsync(1_000);
  const error = await timedOut;
  assertInstanceOf(error, PrefactorTimeoutError);
  assertEquals([error.phase, error.timeout, error.request], ["total", 1_000, undefined]);
  controller.abort("stopped");
  assertEquals(await aborted, "stopped");
  assertEquals(sent.length, 1);
  assertFalse(time.next(), "a pause without a waiting call has no timer");
  await time.tickAsync(9_000);
  await client.request("GET", "/d");
});

Deno.test("retries go before first attempts", async () => {
  using time = new FakeTime();
  const release: (() => void)[] = [];
  const { client, sent } = makeClient(({ url }, index) => {
    if (index === 0) return failure(503);
    return url.endsWith("/long") ? new Promise((resolve) => release.push(() => resolve(ok()))) : ok();
  }, { maxConcurrency: 1, initialRetryDelay: 10 });
  const retried = client.request("GET", "/retried");
  const long = client.request("GET", "/long");
  const queued = ["/a", "/b"].map((path) => client.request("GET", path));
  await time.tickAsync(100); // the retry waits for the slot, behind /a and /b in time
  release.forEach((resolve) => resolve());
  await settle(time, Promise.all([retried, long, ...queued]));
  assertEquals(sent.map(({ url }) => url.split("/").at(-1)), ["retried", "long", "retried", "a", "b"]);
});

Deno.test("totalTimeout bounds the whole call and has the last failure as its cause", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(() => failure(503), { totalTimeout: 2_500, maxRetries: 10 });
  const start = Date.now();
  const error = await failureOf(settle(time, client.request("POST", "/x")));
  assertInstanceOf(error, PrefactorTimeoutError);
  assertEquals([error.phase, Date.now() - start], ["total", 2_500]);
  assertInstanceOf(error.cause, PrefactorApiError);
  assertEquals(error.request?.path, "/x");
  assert(sent.length >= 2);
  const own = await failureOf(settle(time, client.request("GET", "/x", { totalTimeout: 100 })));
  assertInstanceOf(own, PrefactorTimeoutError);
  assertEquals(own.timeout, 100);
  await client.close();
  assertFalse(time.next());
});

Deno.test("totalTimeout null sets no limit, and a totalTimeout aborts an attempt in flight", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(hang, { totalTimeout: 50 });
  const error = await failureOf(settle(time, client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorTimeoutError);
  assert(sent[0]!.signal.aborted);
  const options = { totalTimeout: null, timeout: 200, connectTimeout: null, maxRetries: 0 };
  const attempt = await failureOf(settle(time, client.request("GET", "/x", options)));
  assertInstanceOf(attempt, PrefactorTimeoutError);
  assertEquals(attempt.phase, "request");
});
