import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { RetryError } from "@std/async/retry";
import { FakeTime } from "@std/testing/time";
import {
  PrefactorApiError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorTimeoutError,
  type RetryConfig,
  RetryHandler,
} from "../../mod.ts";
import { countListeners, failureOf, settle } from "../helpers.ts";

const NETWORK = new PrefactorNetworkError("Connection refused");

function busy(retryAfter?: number): PrefactorApiError {
  return new PrefactorApiError("Busy", "busy", 503, { retryAfter });
}

/** Creates an operation that always fails, and the list of the times of its calls. */
function failing(error: (call: number) => unknown = () => NETWORK): { operation: () => never; at: number[] } {
  const at: number[] = [];
  const operation = (): never => {
    at.push(Date.now());
    throw error(at.length);
  };
  return { operation, at };
}

Deno.test("RetryHandler.execute() waits within the limits of each delay", async (t) => {
  const cases = [
    { maxRetries: 6, initialRetryDelay: 100, maxRetryDelay: 1_000, retryMultiplier: 2 },
    { maxRetries: 4, initialRetryDelay: 1_000, maxRetryDelay: 60_000, retryMultiplier: 10 },
    { maxRetries: 5, initialRetryDelay: 500, maxRetryDelay: 500, retryMultiplier: 3 },
    { maxRetries: 5, initialRetryDelay: 300, maxRetryDelay: 60_000, retryMultiplier: 1 },
    { maxRetries: 4, initialRetryDelay: 1_000, maxRetryDelay: 2_000, retryMultiplier: 1e200 },
  ];
  for (const config of cases) {
    await t.step(`with ${JSON.stringify(config)}`, async () => {
      using time = new FakeTime();
      const { operation, at } = failing();
      await failureOf(settle(time, new RetryHandler(config).execute(operation)));
      assertEquals(at.length, config.maxRetries + 1);
      for (let n = 0; n < config.maxRetries; n++) {
        const backoff = Math.min(
          config.maxRetryDelay,
          config.initialRetryDelay * config.retryMultiplier ** n,
        );
        const waited = at[n + 1]! - at[n]!;
        assertGreaterOrEqual(waited, Math.floor(backoff / 2));
        assertLessOrEqual(waited, backoff);
      }
    });
  }
});

Deno.test("RetryHandler.execute() spreads its delays over the whole range", async () => {
  using time = new FakeTime();
  const { operation, at } = failing();
  const handler = new RetryHandler({
    maxRetries: 150,
    initialRetryDelay: 1_000,
    maxRetryDelay: 1_000,
    retryMultiplier: 1,
  });
  await failureOf(settle(time, handler.execute(operation)));
  const waits = at.slice(1).map((moment, n) => moment - at[n]!);
  assertLess(Math.min(...waits), 600);
  assertGreater(Math.max(...waits), 900);
});

Deno.test("RetryHandler.execute() resolves to the result of the attempt that succeeds", async () => {
  using time = new FakeTime();
  const results: unknown[] = [NETWORK, busy(), "at last"];
  const result = await settle(
    time,
    new RetryHandler().execute(() => {
      const result = results.shift();
      if (result instanceof Error) throw result;
      return result;
    }),
  );
  assertEquals(result, "at last");
  assertEquals(results, []);
});

Deno.test("RetryHandler.execute() retries an operation that rejects", async () => {
  using time = new FakeTime();
  let calls = 0;
  const promise = new RetryHandler({ maxRetries: 1 }).execute(() => {
    calls++;
    return Promise.reject(NETWORK);
  });
  await assertRejects(() => settle(time, promise), PrefactorRetryExhaustedError);
  assertEquals(calls, 2);
});

Deno.test("RetryHandler.execute() gives up after the last attempt", async (t) => {
  for (const maxRetries of [1, 2, 3]) {
    await t.step(`after ${maxRetries + 1} attempts`, async () => {
      using time = new FakeTime();
      const last = busy();
      const { operation, at } = failing((call) => call > maxRetries ? last : NETWORK);
      const error = await failureOf(settle(time, new RetryHandler({ maxRetries }).execute(operation)));
      assertInstanceOf(error, PrefactorRetryExhaustedError);
      assertStrictEquals(error.lastError, last);
      assertStrictEquals(error.cause, last);
      assertEquals(error.attempts, maxRetries + 1);
      assertEquals(at.length, maxRetries + 1);
      assertStringIncludes(error.message, last.message);
    });
  }
});

Deno.test("RetryHandler.execute() makes four attempts by default", async () => {
  using time = new FakeTime();
  const { operation, at } = failing();
  await failureOf(settle(time, new RetryHandler().execute(operation)));
  assertEquals(at.length, 4);
  assertGreaterOrEqual(at[1]! - at[0]!, 500);
  assertLessOrEqual(at[1]! - at[0]!, 1_000);
});

Deno.test("RetryHandler.execute() rejects with the error itself if maxRetries is 0", async (t) => {
  for (const error of [NETWORK, busy(), busy(1e9), new Error("Another error"), "a string", undefined]) {
    await t.step(`the error ${Deno.inspect(error).split("\n")[0]}`, async () => {
      const { operation, at } = failing(() => error);
      const handler = new RetryHandler({ maxRetries: 0 });
      assertStrictEquals(await failureOf(handler.execute(operation)), error);
      assertStrictEquals(
        await failureOf(handler.execute(operation, { isRetriable: () => true })),
        error,
      );
      assertEquals(at.length, 2);
    });
  }
});

Deno.test("RetryHandler.execute() rejects immediately with an error that is not retriable", async (t) => {
  const cases = [
    new PrefactorApiError("Conflict", "invalid_action", 409),
    new PrefactorClientError("Misuse"),
    new PrefactorResponseContractError("Garbage", { statusCode: 200 }),
    new TypeError("Another error"),
    "a string",
    null,
    undefined,
  ];
  for (const error of cases) {
    await t.step(`the error ${Deno.inspect(error).split("\n")[0]}`, async () => {
      const { operation, at } = failing(() => error);
      assertStrictEquals(await failureOf(new RetryHandler().execute(operation)), error);
      assertEquals(at.length, 1);
    });
  }
});

Deno.test("RetryHandler.execute() rejects with the error itself if a later attempt is not retriable", async () => {
  using time = new FakeTime();
  const conflict = new PrefactorApiError("Conflict", "invalid_action", 409);
  const { operation, at } = failing((call) => call === 3 ? conflict : NETWORK);
  assertStrictEquals(await failureOf(settle(time, new RetryHandler().execute(operation))), conflict);
  assertEquals(at.length, 3);
});

Deno.test("RetryHandler.execute() retries the errors that isTransientHttpError() accepts by default", async (t) => {
  const cases = [
    NETWORK,
    new PrefactorTimeoutError("Late", { phase: "connect", timeout: 1 }),
    new PrefactorApiError("Slow down", "rate_limited", 429),
    new PrefactorApiError("Not implemented", "unknown", 501),
    new PrefactorResponseContractError("Garbage", { statusCode: 502 }),
  ];
  for (const error of cases) {
    await t.step(`the error "${error.message}"`, async () => {
      using time = new FakeTime();
      const { operation, at } = failing(() => error);
      await failureOf(settle(time, new RetryHandler({ maxRetries: 1 }).execute(operation)));
      assertEquals(at.length, 2);
    });
  }
});

Deno.test("RetryHandler.execute() calls isRetriable() if it is an option", async () => {
  using time = new FakeTime();
  const { operation, at } = failing(() => "again");
  const handler = new RetryHandler({ maxRetries: 2 });
  const error = await failureOf(
    settle(time, handler.execute(operation, { isRetriable: (error) => error === "again" })),
  );
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertEquals(error.lastError, "again");
  assertEquals(at.length, 3);
});

Deno.test("RetryHandler.execute() waits at least as long as retryAfter", async (t) => {
  const cases = [
    { retryAfter: 5_000, least: 5_000, most: 5_501 },
    { retryAfter: 58_000, least: 58_000, most: 60_001 },
    { retryAfter: 60_000, least: 60_000, most: 60_001 },
    { retryAfter: 100, least: 500, most: 1_000 },
    { retryAfter: 0, least: 500, most: 1_000 },
    { retryAfter: undefined, least: 500, most: 1_000 },
  ];
  for (const { retryAfter, least, most } of cases) {
    await t.step(`a retryAfter of ${retryAfter}`, async () => {
      using time = new FakeTime();
      const { operation, at } = failing(() => busy(retryAfter));
      await failureOf(settle(time, new RetryHandler({ maxRetries: 1 }).execute(operation)));
      assertGreaterOrEqual(at[1]! - at[0]!, least);
      assertLessOrEqual(at[1]! - at[0]!, most);
    });
  }
});

Deno.test("RetryHandler.execute() does not apply retryAfter of an earlier error", async () => {
  using time = new FakeTime();
  const { operation, at } = failing((call) => busy(call === 1 ? 30_000 : undefined));
  await failureOf(settle(time, new RetryHandler({ maxRetries: 2 }).execute(operation)));
  assertGreaterOrEqual(at[1]! - at[0]!, 30_000);
  assertLessOrEqual(at[2]! - at[1]!, 2_000);
});

Deno.test("RetryHandler.execute() fails immediately if retryAfter is longer than maxRetryDelay", async (t) => {
  const cases = [{ failAt: 1, retryAfter: 60_001 }, { failAt: 3, retryAfter: Infinity }, {
    failAt: 4,
    retryAfter: 1e12,
  }];
  for (const { failAt, retryAfter } of cases) {
    await t.step(`a retryAfter of ${retryAfter} ms at attempt ${failAt}`, async () => {
      using time = new FakeTime();
      const { operation, at } = failing((call) => busy(call === failAt ? retryAfter : 0));
      const error = await failureOf(settle(time, new RetryHandler({ maxRetries: 3 }).execute(operation)));
      assertInstanceOf(error, PrefactorRetryExhaustedError);
      assertEquals(error.attempts, failAt);
      assertInstanceOf(error.lastError, PrefactorApiError);
      assertStrictEquals(error.cause, error.lastError);
      assertEquals(error.lastError.retryAfter, retryAfter);
      assertEquals(Date.now(), at.at(-1));
      assert(!time.next());
    });
  }
});

const REASONS: readonly unknown[] = [
  new Error("Stopped"),
  "a string",
  0,
  null,
  undefined,
  new PrefactorNetworkError("An abort that looks transient"),
];

Deno.test("RetryHandler.execute() does not call the operation if the signal is already aborted", async (t) => {
  for (const reason of REASONS) {
    await t.step(`with the reason ${Deno.inspect(reason).split("\n")[0]}`, async () => {
      const { operation, at } = failing();
      const signal = AbortSignal.abort(reason);
      const error = await failureOf(new RetryHandler().execute(operation, { signal }));
      assertStrictEquals(error, signal.reason);
      assertEquals(at, []);
    });
  }
});

Deno.test("RetryHandler.execute() ends a delay immediately on an abort", async (t) => {
  for (const retryAfter of [undefined, 50_000]) {
    for (const reason of REASONS) {
      await t.step(
        `with the reason ${Deno.inspect(reason).split("\n")[0]} and a retryAfter of ${retryAfter}`,
        async () => {
          using time = new FakeTime();
          const controller = new AbortController();
          const listeners = countListeners(controller.signal);
          const { operation, at } = failing(() => busy(retryAfter));
          const promise = failureOf(
            new RetryHandler().execute(operation, { signal: controller.signal }),
          );
          await time.tickAsync(retryAfter === undefined ? 400 : 10_000);
          await time.runMicrotasks();
          controller.abort(reason);
          assertStrictEquals(await promise, controller.signal.reason);
          assertEquals(at.length, 1);
          assertEquals(listeners(), 0);
          assert(!time.next());
        },
      );
    }
  }
});

Deno.test("RetryHandler.execute() rejects with the reason of an abort during the operation", async (t) => {
  for (const reason of REASONS) {
    await t.step(`the reason ${Deno.inspect(reason).split("\n")[0]}`, async () => {
      using time = new FakeTime();
      const controller = new AbortController();
      const listeners = countListeners(controller.signal);
      let calls = 0;
      const error = await failureOf(
        new RetryHandler().execute(() => {
          calls++;
          controller.abort(reason);
          throw NETWORK;
        }, { signal: controller.signal }),
      );
      assertStrictEquals(error, controller.signal.reason);
      assertEquals(calls, 1);
      assertEquals(listeners(), 0);
      assert(!time.next());
    });
  }
});

Deno.test("RetryHandler.execute() does not call the operation after an abort in any microtask", async () => {
  using time = new FakeTime();
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    const controller = new AbortController();
    let callsAfterAbort = 0;
    const operation = () => {
      if (controller.signal.aborted) callsAfterAbort++;
      throw NETWORK;
    };
    const running = failureOf(new RetryHandler().execute(operation, { signal: controller.signal }));
    await time.runMicrotasks();
    time.tick(1_000);
    for (let count = 0; count < microtasks; count++) await null;
    controller.abort("left");
    assertEquals(await running, "left");
    assertEquals(callsAfterAbort, 0, `after ${microtasks} microtasks`);
  }
});

Deno.test("RetryHandler.execute() leaves no timer and no listener", async (t) => {
  const cases: [string, (call: number) => unknown][] = [
    ["a success", (call) => call < 3 ? busy(100) : undefined],
    ["exhausted retries", () => busy(5_000)],
    ["an error that is not retriable", (call) => call < 3 ? busy() : new Error("Another error")],
    ["too long a retryAfter", (call) => busy(call < 3 ? 0 : 1e9)],
  ];
  for (const [name, error] of cases) {
    await t.step(`after ${name}`, async () => {
      using time = new FakeTime();
      const { signal } = new AbortController();
      const listeners = countListeners(signal);
      let calls = 0;
      const promise = new RetryHandler().execute(() => {
        const failure = error(++calls);
        if (failure) throw failure;
      }, { signal });
      await settle(time, promise).catch(() => {});
      assertGreater(calls, 2);
      assertEquals(listeners(), 0);
      assert(!time.next());
    });
  }
});

Deno.test("RetryHandler() rejects an invalid config", async (t) => {
  const cases: [keyof RetryConfig, unknown][] = [
    ["maxRetries", -1],
    ["maxRetries", 1.5],
    ["maxRetries", NaN],
    ["maxRetries", Infinity],
    ["maxRetries", "3"],
    ["maxRetries", null],
    ["initialRetryDelay", 0],
    ["initialRetryDelay", -1],
    ["initialRetryDelay", NaN],
    ["initialRetryDelay", 60_001],
    ["initialRetryDelay", "1"],
    ["maxRetryDelay", 0],
    ["maxRetryDelay", NaN],
    ["maxRetryDelay", null],
    ["retryMultiplier", 0.99],
    ["retryMultiplier", NaN],
    ["retryMultiplier", "2"],
  ];
  for (const [field, value] of cases) {
    await t.step(`a ${field} of ${Deno.inspect(value)}`, () => {
      const config = { [field]: value } as RetryConfig;
      assertThrows(() => new RetryHandler(config), PrefactorClientError, field);
    });
  }
});

Deno.test("RetryHandler.execute() rejects with a RetryError of the operation unchanged", async () => {
  const own = new RetryError(new Error("Inner"), 3);
  for (const maxRetries of [0, 1]) {
    const handler = new RetryHandler({ maxRetries });
    assertStrictEquals(await failureOf(handler.execute(() => Promise.reject(own))), own);
  }
});

Deno.test("RetryHandler.execute() passes the number of the attempt and accepts maxRetries for one call", async () => {
  using time = new FakeTime();
  const attempts: number[] = [];
  const error = await failureOf(settle(
    time,
    new RetryHandler({ maxRetries: 5 }).execute((attempt) => {
      attempts.push(attempt);
      throw new PrefactorNetworkError("Connection refused");
    }, { maxRetries: 2 }),
  ));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertEquals(attempts, [1, 2, 3]);
});
