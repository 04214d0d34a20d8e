import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorApiError, PrefactorRetryExhaustedError, RetryHandler } from "../../mod.ts";
import { outcome } from "../helpers.ts";
import { fc, property } from "./setup.ts";

/** The longest delay of a timer in every runtime, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The rounding error of a timer, which counts whole milliseconds, in ms. */
const ROUNDING = 1;

interface Case {
  readonly maxRetries: number;
  readonly initialRetryDelay: number;
  readonly maxRetryDelay: number;
  readonly retryMultiplier: number;
  /** One item for each failure: the delay that the server requests, as a fraction of `maxRetryDelay`. */
  readonly failures: readonly (number | undefined)[];
}

const durations = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }),
  fc.double({ min: 0.001, max: 10, noNaN: true }),
  fc.integer({ min: LONGEST_TIMER - 2, max: 4 * LONGEST_TIMER }),
);

const cases: fc.Arbitrary<Case> = fc.record({
  maxRetries: fc.nat(6),
  delays: fc.tuple(durations, durations),
  retryMultiplier: fc.oneof(
    fc.constant(1),
    fc.double({ min: 1, max: 10, noNaN: true }),
    fc.double({ min: 1, max: 1e300, noNaN: true }),
  ),
  failures: fc.array(
    fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 3 },
      { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 3 },
      { arbitrary: fc.double({ min: 1, max: 3, noNaN: true }), weight: 1 },
    ),
    { maxLength: 8 },
  ),
}).map(({ delays, ...rest }) => ({
  ...rest,
  initialRetryDelay: Math.min(...delays),
  maxRetryDelay: Math.max(...delays),
}));

/** Runs everything that does not wait for a timer. */
async function flush(): Promise<void> {
  for (let i = 0; i < 40; i++) await undefined;
}

/** Moves fake time from timer to timer until the promise has settled. */
async function settle(time: FakeTime, promise: Promise<unknown>): Promise<void> {
  let pending = true;
  promise.finally(() => pending = false).catch(() => {});
  for (await flush(); pending; await flush()) assert(time.next(), "the handler is pending without a timer");
  assert(!time.next(), "a timer is left");
}

/** Makes `setTimeout` fail if a real timer would fire immediately. */
function boundTimers(): void {
  const { setTimeout: set } = globalThis;
  globalThis.setTimeout = ((callback: () => void, delay?: number) => {
    assert(delay === undefined || delay <= LONGEST_TIMER, `a timer of ${delay} ms fires immediately`);
    return set(callback, delay);
  }) as typeof setTimeout;
}

property("RetryHandler.execute() keeps every delay within its bounds", [cases], async (settings) => {
  const { maxRetries, initialRetryDelay, maxRetryDelay, retryMultiplier, failures } = settings;
  using time = new FakeTime(0);
  boundTimers();
  const times: number[] = [];
  const errors: PrefactorApiError[] = [];
  const call = new RetryHandler(settings).execute(() => {
    times.push(Date.now());
    if (times.length > failures.length) return "done";
    const share = failures[times.length - 1];
    const retryAfter = share === undefined ? undefined : share * maxRetryDelay;
    errors.push(new PrefactorApiError("Busy", "busy", 503, { retryAfter }));
    throw errors.at(-1);
  });
  await settle(time, call);

  const tooLong = errors.findIndex(({ retryAfter = 0 }) => retryAfter > maxRetryDelay);
  const last = Math.min(tooLong < 0 ? Infinity : tooLong, failures.length, maxRetries);
  assertEquals(times.length, last + 1, "attempts");
  for (let n = 0; n < last; n++) {
    const wait = times[n + 1]! - times[n]!;
    const backoff = Math.min(maxRetryDelay, initialRetryDelay * retryMultiplier ** n);
    const { retryAfter = 0 } = errors[n]!;
    assert(wait >= Math.max(backoff / 2, retryAfter) - ROUNDING, `wait ${n} is ${wait}: too short`);
    const jittered = Math.min(retryAfter * 1.1, maxRetryDelay);
    assert(wait <= Math.max(backoff, jittered) + ROUNDING, `wait ${n} is ${wait}: too long`);
  }
  const { error } = await outcome(call);
  if (last === failures.length) return assertStrictEquals(await call, "done");
  if (maxRetries === 0) return assertStrictEquals(error, errors[0]);
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertStrictEquals(error.lastError, errors[last]);
  assertStrictEquals(error.attempts, last + 1);
});

property("RetryHandler.execute() stops at an abort at any time", [
  cases,
  fc.double({ min: 0, max: 2, noNaN: true }),
  fc.anything(),
], async (settings, share, reason) => {
  using time = new FakeTime(0);
  const controller = new AbortController();
  let attempts = 0;
  const call = new RetryHandler(settings).execute(() => {
    attempts++;
    const retryAfter = (settings.failures[attempts - 1] ?? 0) * settings.maxRetryDelay;
    throw new PrefactorApiError("Busy", "busy", 503, { retryAfter });
  }, { signal: controller.signal });
  let pending = true;
  const settled = call.then(() => undefined, (error) => {
    pending = false;
    return error;
  });
  await flush();
  const until = share * settings.maxRetryDelay;
  while (pending && time.now < until && time.next()) await flush();
  const isWaiting = pending;
  const attemptsBefore = attempts;
  controller.abort(reason);
  await flush();
  assert(!pending, "the abort does not take effect immediately");
  assert(!time.next(), "a timer is left");
  if (isWaiting) assertStrictEquals(await settled, controller.signal.reason);
  assertStrictEquals(attempts, attemptsBefore);
});
