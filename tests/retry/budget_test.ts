import { assert, assertEquals, assertInstanceOf, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorRetryExhaustedError, type RequestOptions } from "../../mod.ts";
import { RetryBudget } from "../../src/retry/budget.ts";
import { failure, hang, makeClient, ok, outcome, settle } from "../helpers.ts";

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

Deno.test("RetryBudget.giveBackUnsent() gives back one retry, up to the size", () => {
  const budget = new RetryBudget(1);
  budget.giveBackUnsent();
  assertEquals([budget.take(), budget.take()], [true, false]);
  budget.giveBackUnsent();
  assertEquals([budget.take(), budget.take()], [true, false]);
});

Deno.test("RetryBudget without a size has no limit", () => {
  const budget = new RetryBudget(null);
  for (let retries = 0; retries < 10_000; retries++) assert(budget.take());
});

Deno.test("retryBudget limits the retries while the API is down", async () => {
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

Deno.test("a call that is aborted before its retry is sent leaves the retryBudget as it was", async (t) => {
  const ends: [name: string, options: RequestOptions, end: (controller: AbortController) => void][] = [
    ["by its signal", {}, (controller) => controller.abort()],
    ["by its totalTimeout", { totalTimeout: 50 }, () => {}],
  ];
  for (const [name, options, end] of ends) {
    for (const place of ["in its backoff", "in the queue"]) {
      await t.step(`${name}, ${place}`, async () => {
        using time = new FakeTime();
        const blocker = Promise.withResolvers<Response>();
        const { client, sent } = makeClient(
          ({ url }) => url.endsWith("/blocker") ? blocker.promise : failure(503),
          {
            retryBudget: 1,
            maxConcurrency: 1,
            initialRetryDelay: place === "in the queue" ? 1 : 1_000,
          },
        );
        const controller = new AbortController();
        const aborted = outcome(client.request("GET", "/x", { ...options, signal: controller.signal }));
        const other = client.request("GET", "/blocker", { timeout: 100_000, connectTimeout: null });
        await time.tickAsync(40);
        await time.runMicrotasks();
        end(controller);
        await time.tickAsync(10);
        assert("error" in await aborted);
        assertEquals(sent.map(({ url }) => new URL(url).pathname), ["/x", "/blocker"]);
        blocker.resolve(failure(404));
        await outcome(other);
        const error = (await settle(time, outcome(client.request("GET", "/x")))).error;
        assertInstanceOf(error, PrefactorRetryExhaustedError);
        assertEquals(error.attempts, 2);
      });
    }
  }
});

Deno.test("a retry that was sent counts although its call is aborted", async () => {
  using time = new FakeTime();
  const { client } = makeClient((sent, index) => index === 1 ? hang(sent) : failure(503), { retryBudget: 1 });
  const controller = new AbortController();
  const aborted = outcome(client.request("GET", "/x", { signal: controller.signal }));
  await time.tickAsync(1_000);
  await time.runMicrotasks();
  controller.abort();
  await aborted;
  const { error } = await settle(time, outcome(client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertEquals(error.attempts, 1);
});
