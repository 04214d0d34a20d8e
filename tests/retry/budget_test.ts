import { assert, assertEquals, assertInstanceOf, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorRetryExhaustedError } from "../../mod.ts";
import { RetryBudget } from "../../src/retry/budget.ts";
import { failure, makeClient, ok, outcome, settle } from "../helpers.ts";

Deno.test("RetryBudget.take() takes retries until none is left", () => {
  const budget = new RetryBudget(2);
  assertEquals([budget.take(), budget.take(), budget.take()], [true, true, false]);
});

Deno.test("RetryBudget.giveBack() gives back the retries of a call and one more, up to the size", () => {
  const budget = new RetryBudget(3);
  budget.take();
  budget.take();
  budget.take();
  budget.giveBack(1);
  assertEquals([budget.take(), budget.take(), budget.take()], [true, true, false]);
  budget.giveBack(100);
  assertEquals([1, 2, 3, 4].map(() => budget.take()), [true, true, true, false]);
});

Deno.test("RetryBudget without a size has no limit", () => {
  const budget = new RetryBudget(null);
  for (let retries = 0; retries < 10_000; retries++) assert(budget.take());
});

Deno.test("retryBudget lets an API that is down get hardly more than each call once", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(() => failure(503));
  const calls = Promise.all(Array.from({ length: 3_000 }, () => outcome(client.request("GET", "/x"))));
  const errors = (await settle(time, calls)).map(({ error }) => error);
  assertLessOrEqual(sent.length, 3_550);
  for (const error of errors) assertInstanceOf(error, PrefactorRetryExhaustedError);
  const last = errors.at(-1) as PrefactorRetryExhaustedError;
  assertStringIncludes(
    last.message,
    "Cannot retry: the retry budget of the client is used up: GET /x failed with 503",
  );
  assertEquals([last.attempts, last.failures.length], [1, 1]);
});

Deno.test("retryBudget never stops calls of which every other attempt succeeds", async () => {
  const { client, sent } = makeClient((_sent, index) => index % 2 === 0 ? failure(503) : ok(), {
    maxConcurrency: 64,
    maxRetries: 40,
    maxRetryDelay: 1,
  });
  let succeeded = 0;
  const worker = async () => {
    for (let calls = 0; calls < 20_000 / 64; calls++) {
      await client.request("GET", "/x");
      succeeded++;
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  assertEquals(succeeded, 64 * Math.ceil(20_000 / 64));
  assert(sent.length > succeeded);
});

Deno.test("retryBudget 0 makes no retry, and null any number", async () => {
  using time = new FakeTime();
  for (const [retryBudget, attempts] of [[0, 1], [null, 4]] as const) {
    const { client, sent } = makeClient(() => failure(503), { retryBudget });
    await settle(time, outcome(client.request("GET", "/x")));
    assertEquals(sent.length, attempts);
  }
});
