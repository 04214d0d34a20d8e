// Tests of the behaviour of @std that this project relies on. They run against the standard library, or against the
// stand-ins beside this file.
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unimplemented,
  unreachable,
} from "@std/assert";
import * as async from "@std/async";
import { delay } from "@std/async/delay";
import { retry, RetryError, type RetryOptions } from "@std/async/retry";
import {
  assertSpyCall,
  assertSpyCallArgs,
  assertSpyCalls,
  MockError,
  resolvesNext,
  returnsNext,
  type Spy,
  spy,
  type Stub,
  stub,
} from "@std/testing/mock";
import { FakeTime, TimeError } from "@std/testing/time";
import { getEventListeners } from "node:events";

// retry

const REASON = new Error("Stopped by the caller");
const WAITS = { minTimeout: 100, maxTimeout: 350, multiplier: 2, jitter: 0.5 };

/** Moves time forward until the promise has settled. */
async function settle<T>(
  time: FakeTime,
  promise: Promise<T>,
): Promise<PromiseSettledResult<T>> {
  let result: PromiseSettledResult<T> | undefined;
  Promise.allSettled([promise]).then(([settled]) => result = settled);
  while (!result) await time.nextAsync();
  return result;
}

/** Retries a function that always fails, and records the time of each attempt. */
async function failAlways(
  time: FakeTime,
  options: RetryOptions,
): Promise<{ error: unknown; tries: number[] }> {
  const tries: number[] = [];
  const result = await settle(
    time,
    retry(() => {
      tries.push(time.now - time.start);
      throw new Error(`Try ${tries.length}`);
    }, options),
  );
  assert(result.status === "rejected");
  return { error: result.reason, tries };
}

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

Deno.test("retry() returns the first success, sync or async", async () => {
  using time = new FakeTime();
  const sync = returnsNext([new Error("Once"), new Error("Twice"), "sync"]);
  const promised = resolvesNext([new Error("Once"), "async"]);
  assertEquals(await settle(time, retry(sync, WAITS)), {
    status: "fulfilled",
    value: "sync",
  });
  assertEquals(await settle(time, retry(promised, WAITS)), {
    status: "fulfilled",
    value: "async",
  });
});

Deno.test("retry() throws RetryError with the last error as its cause", async () => {
  using time = new FakeTime();
  for (const maxAttempts of [1, 2, 4]) {
    const { error, tries } = await failAlways(time, { ...WAITS, maxAttempts });
    assertInstanceOf(error, RetryError);
    assertEquals(error.name, "RetryError");
    assertEquals(
      error.message,
      `Retrying exceeded the maxAttempts (${maxAttempts}).`,
    );
    assertInstanceOf(error.cause, Error);
    assertEquals(error.cause.message, `Try ${maxAttempts}`);
    assertEquals(tries.length, maxAttempts);
  }
});

Deno.test("retry() tries five times by default", async () => {
  using time = new FakeTime();
  const { tries } = await failAlways(time, { jitter: 0 });
  assertEquals(tries, [0, 1_000, 3_000, 7_000, 15_000]);
});

for (
  const { random, waits } of [
    { random: 0, waits: [100, 200, 350, 350] },
    { random: 0.5, waits: [75, 150, 262, 262] },
    { random: 1 - Number.EPSILON, waits: [50, 100, 175, 175] },
  ]
) {
  Deno.test(`retry() waits within the jitter if Math.random() is ${random}`, async () => {
    using time = new FakeTime();
    using _random = stub(Math, "random", () => random);
    const { tries } = await failAlways(time, { ...WAITS, maxAttempts: 5 });
    assertEquals(tries.slice(1).map((at, i) => at - (tries[i] ?? NaN)), waits);
  });
}

Deno.test("retry() rethrows an error that isRetriable() refuses", async () => {
  using time = new FakeTime();
  const refused = new Error("Not again");
  for (const maxAttempts of [1, 3]) {
    const seen: unknown[] = [];
    const isRetriable = (error: unknown): boolean => {
      seen.push(error);
      return false;
    };
    const error = await assertRejects(() =>
      retry(() => Promise.reject(refused), {
        ...WAITS,
        maxAttempts,
        isRetriable,
      })
    );
    assertStrictEquals(error, refused);
    assertEquals(seen.length, 1);
    assertStrictEquals(seen[0], refused);
  }
  assertEquals(time.now, time.start);
});

Deno.test("retry() calls isRetriable() after every attempt", async () => {
  using time = new FakeTime();
  const isRetriable = spy((_error: unknown) => true);
  await failAlways(time, { ...WAITS, maxAttempts: 3, isRetriable });
  assertSpyCalls(isRetriable, 3);
});

Deno.test("retry() does not start if the signal is aborted", async () => {
  const fn = spy(() => "done");
  const error = await assertRejects(() => retry(fn, { ...WAITS, signal: AbortSignal.abort(REASON) }));
  assertStrictEquals(error, REASON);
  assertSpyCalls(fn, 0);
});

Deno.test("retry() rejects with the reason of the signal while it waits", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal } = controller;
  const fn = spy((): never => fail("Always"));
  const result = retry(fn, { ...WAITS, signal });
  const rejection = assertRejects(() => result);
  await time.runMicrotasks();
  assertEquals(listeners(signal), 1);
  controller.abort(REASON);
  assertStrictEquals(await rejection, REASON);
  assertSpyCalls(fn, 1);
  assertEquals(time.now, time.start);
  assertEquals(listeners(signal), 0);
  assertFalse(await time.nextAsync(), "A timer is left");
});

Deno.test("retry() rejects with the reason of the signal if it aborts during an attempt", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal } = controller;
  const fn = spy(() => {
    controller.abort(REASON);
    return Promise.reject(new Error("Interrupted"));
  });
  const error = await assertRejects(() => retry(fn, { ...WAITS, signal }));
  assertStrictEquals(error, REASON);
  assertSpyCalls(fn, 1);
  assertEquals(time.now, time.start);
  assertEquals(listeners(signal), 0);
});

Deno.test("retry() leaves no listener on the signal", async () => {
  using time = new FakeTime();
  const { signal } = new AbortController();
  await failAlways(time, { ...WAITS, maxAttempts: 4, signal });
  await settle(
    time,
    retry(returnsNext([new Error("Once"), "done"]), { ...WAITS, signal }),
  );
  assertEquals(listeners(signal), 0);
});

for (
  const [options, message] of [
    [
      { maxAttempts: 0 },
      "Cannot retry as 'maxAttempts' must be a positive integer: current value is 0",
    ],
    [{ maxAttempts: 1.5 }, "'maxAttempts'"],
    [{ multiplier: 0.5 }, "'multiplier'"],
    [{ multiplier: Infinity }, "'multiplier'"],
    [{ maxTimeout: 0 }, "'maxTimeout'"],
    [{ maxTimeout: NaN }, "'maxTimeout'"],
    [{ minTimeout: -1 }, "'minTimeout'"],
    [{ minTimeout: NaN }, "'minTimeout'"],
    [{ minTimeout: 2, maxTimeout: 1 }, "'minTimeout' must be <= 'maxTimeout'"],
    [{ jitter: -0.1 }, "'jitter'"],
    [{ jitter: 1.1 }, "'jitter'"],
    [{ jitter: NaN }, "'jitter'"],
  ] satisfies [RetryOptions, string][]
) {
  Deno.test(`retry() refuses ${Deno.inspect(options)}`, async () => {
    const fn = spy();
    await assertRejects(() => retry(fn, options), RangeError, message);
    assertSpyCalls(fn, 0);
  });
}

Deno.test("@std/async exports what its modules export", () => {
  assertStrictEquals(async.retry, retry);
  assertStrictEquals(async.RetryError, RetryError);
  assertStrictEquals(async.delay, delay);
});

// delay

for (
  const { ms, waits } of [
    { ms: 0, waits: 0 },
    { ms: -5, waits: 0 },
    { ms: NaN, waits: 0 },
    { ms: 10.9, waits: 10 },
    { ms: 2 ** 31 + 1_000, waits: 2 ** 31 + 1_000 },
  ]
) {
  Deno.test(`delay() of ${ms} ms waits for ${waits} ms`, async () => {
    using time = new FakeTime();
    const { signal } = new AbortController();
    assertEquals(await settle(time, delay(ms, { signal })), {
      status: "fulfilled",
      value: undefined,
    });
    assertEquals(time.now - time.start, waits);
    assertEquals(listeners(signal), 0);
  });
}

Deno.test("delay() works with real timers", async () => {
  const { signal } = new AbortController();
  await delay(1);
  await Promise.all([delay(5), delay(1, { signal, persistent: false })]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(REASON), 1);
  const error = await assertRejects(() => delay(60_000, { signal: controller.signal }));
  assertStrictEquals(error, REASON);
});

Deno.test("delay() rejects with the reason of an aborted signal", async () => {
  using time = new FakeTime();
  const signal = AbortSignal.abort(REASON);
  assertStrictEquals(await assertRejects(() => delay(10, { signal })), REASON);
  assertFalse(time.next(), "A timer was set");
});

Deno.test("delay() rejects with the reason of the signal when it aborts, and leaves no timer or listener", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal } = controller;
  const rejection = assertRejects(() => delay(10, { signal }));
  assertEquals(listeners(signal), 1);
  time.tick(9);
  controller.abort(REASON);
  assertStrictEquals(await rejection, REASON);
  assertEquals(listeners(signal), 0);
  assertFalse(time.next(), "A timer is left");
});

Deno.test("delay() clears its timer by number, even if setTimeout() returns an object as on Node", async () => {
  using _set = stub(globalThis, "setTimeout", (() => ({ valueOf: () => 7 })) as never);
  using clear = stub(globalThis, "clearTimeout");
  const controller = new AbortController();
  const rejection = assertRejects(() => delay(10, { signal: controller.signal }));
  controller.abort(REASON);
  assertStrictEquals(await rejection, REASON);
  assertSpyCallArgs(clear, 0, [7]);
});

// FakeTime

Deno.test("FakeTime fires timers in the order of their due times, then of their creation", () => {
  using time = new FakeTime(1_000);
  const calls: string[] = [];
  const log = (name: string) => (): void => void calls.push(`${name} at ${Date.now()}`);
  setTimeout(log("late"), 30);
  setTimeout(log("first"), 10);
  setTimeout(log("second"), 10);
  setTimeout(() => setTimeout(log("nested"), 5), 10);
  const interval = setInterval(log("interval"), 12);
  const cleared = setTimeout(log("cleared"), 11);
  clearTimeout(cleared);
  time.tick(9);
  assertEquals(calls, []);
  time.tick(1);
  assertEquals(calls, ["first at 1010", "second at 1010"]);
  time.tick(20);
  clearInterval(interval);
  time.tick(100);
  assertEquals(calls.slice(2), [
    "interval at 1012",
    "nested at 1015",
    "interval at 1024",
    "late at 1030",
  ]);
});

Deno.test("FakeTime passes arguments to timers", () => {
  using time = new FakeTime();
  const callback = spy((..._args: unknown[]) => {});
  setTimeout(callback, 5, "a", 1);
  time.tick(5);
  assertEquals(callback.calls[0]?.args, ["a", 1]);
});

Deno.test("FakeTime fakes Date", () => {
  const RealDate = Date;
  using time = new FakeTime("2024-01-02T03:04:05.000Z");
  assertEquals(time.start, Date.UTC(2024, 0, 2, 3, 4, 5));
  time.tick(250);
  assertEquals(time.now - time.start, 250);
  assertEquals(Date.now(), time.now);
  assertEquals(new Date().toISOString(), "2024-01-02T03:04:05.250Z");
  assertEquals(new Date(0).getTime(), 0);
  assertEquals(Date.parse("Thu, 01 Jan 1970 00:00:01 GMT"), 1_000);
  assertInstanceOf(new Date(), RealDate);
  assertInstanceOf(new RealDate(), Date);
});

Deno.test("FakeTime starts at the given time", () => {
  for (const start of [5_000, new Date(5_000), "1970-01-01T00:00:05Z"]) {
    using time = new FakeTime(start);
    assertEquals([time.start, time.now, Date.now()], [5_000, 5_000, 5_000]);
  }
  assertThrows(() => new FakeTime("no date"), TypeError);
});

Deno.test("FakeTime.now cannot go back", () => {
  using time = new FakeTime(1_000);
  const callback = spy();
  setTimeout(callback, 500);
  time.now = 1_500;
  assertSpyCalls(callback, 1);
  assertThrows(() => time.now = 1_499, RangeError);
});

Deno.test("FakeTime.tick() runs no microtasks, FakeTime.tickAsync() runs them first", async () => {
  using time = new FakeTime();
  const seen: number[] = [];
  const wait = async (): Promise<void> => {
    await delay(10);
    seen.push(time.now - time.start);
    await delay(10);
    seen.push(time.now - time.start);
  };
  const waited = wait();
  time.tick(10);
  assertEquals(seen, []);
  await time.tickAsync(9);
  assertEquals(seen, [10]);
  await time.tickAsync(1);
  await waited;
  assertEquals(seen, [10, 20]);
});

Deno.test("FakeTime.next() moves to the next timer that is not cleared", async () => {
  using time = new FakeTime(0);
  clearTimeout(setTimeout(() => {}, 5));
  setTimeout(() => {}, 10);
  setTimeout(() => {}, 30);
  assert(time.next());
  assertEquals(time.now, 10);
  assert(await time.nextAsync());
  assertEquals(time.now, 30);
  assertFalse(time.next());
  assertFalse(await time.nextAsync());
  assertEquals(time.now, 30);
});

Deno.test("FakeTime.runAll() and FakeTime.runAllAsync() run until no timer is left", async () => {
  using time = new FakeTime(0);
  const later = (): void => void setTimeout(() => {}, 40);
  setTimeout(later, 60);
  time.runAll();
  assertEquals(time.now, 100);
  setTimeout(() => queueMicrotask(later), 60);
  setTimeout(() => {}, 70);
  await time.runAllAsync();
  assertEquals(time.now, 200);
});

Deno.test("FakeTime fakes AbortSignal.timeout()", () => {
  using time = new FakeTime();
  const signal = AbortSignal.timeout(1_000);
  time.tick(999);
  assertFalse(signal.aborted);
  time.tick(1);
  assert(signal.aborted);
  assertInstanceOf(signal.reason, DOMException);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("FakeTime.delay() and FakeTime.restoreFor() use real time", async () => {
  const realSetTimeout = setTimeout;
  using time = new FakeTime(0);
  const fakeSetTimeout = setTimeout;
  await time.delay(1);
  await assertRejects(
    () => time.delay(60_000, { signal: AbortSignal.abort() }),
    DOMException,
  );
  assertEquals(
    await FakeTime.restoreFor((value: string) => {
      assertStrictEquals(setTimeout, realSetTimeout);
      return Promise.resolve(value);
    }, "done"),
    "done",
  );
  assertStrictEquals(setTimeout, fakeSetTimeout);
  assertEquals(time.now, 0);
});

Deno.test("FakeTime.restore() restores every global", () => {
  const globals = () => [
    Date,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    AbortSignal.timeout,
  ];
  const before = globals();
  const time = new FakeTime(0);
  const during = globals();
  during.forEach((value, i) => assertNotStrictEquals(value, before[i]));
  assertThrows(() => new FakeTime(), TimeError);
  time.restore();
  globals().forEach((value, i) => assertStrictEquals(value, before[i]));
  assertThrows(() => time.restore(), TimeError);
  assertThrows(() => FakeTime.restore(), TimeError);
});

Deno.test("FakeTime supports Deno.unrefTimer()", () => {
  using time = new FakeTime();
  const callback = spy();
  const timer = setTimeout(callback, 10);
  assertEquals(typeof timer, "number");
  Deno.unrefTimer(timer);
  time.tick(10);
  assertSpyCalls(callback, 1);
});

// Mocks

class Counter {
  count = 0;
  add(n: number): number {
    if (n < 0) throw new RangeError("Cannot add less than nothing");
    return this.count += n;
  }
}

Deno.test("spy() records the calls of a function", async () => {
  const double: Spy<unknown, [n: number], Promise<number>> = spy((n: number) => Promise.resolve(2 * n));
  assertEquals(await double(4), 8);
  assertSpyCalls(double, 1);
  assertInstanceOf(double.calls[0]?.returned, Promise);
  assertSpyCallArgs(double, 0, [4]);
  assertFalse(double.restored);
  assertThrows(() => double.restore(), MockError);
});

Deno.test("spy() calls the method, and restores it on dispose", () => {
  const counter = new Counter();
  {
    using add = spy(counter, "add");
    counter.add(2);
    assertThrows(() => counter.add(-1), RangeError);
    assertEquals(counter.count, 2);
    assertSpyCall(add, 0, { args: [2], self: counter, returned: 2 });
    assertSpyCall(add, 1, {
      args: [-1],
      error: { Class: RangeError, msgIncludes: "less than nothing" },
    });
    assertThrows(() => spy(counter, "add"), MockError);
  }
  assertStrictEquals(counter.add, Counter.prototype.add);
  assertFalse(Object.hasOwn(counter, "add"));
});

Deno.test("stub() replaces the method, and restores it on dispose", async () => {
  const { fetch } = globalThis;
  {
    using fake = stub(
      globalThis,
      "fetch",
      resolvesNext([new Response("hello"), new TypeError("Network down")]),
    );
    assertEquals(
      await (await globalThis.fetch("http://localhost/a")).text(),
      "hello",
    );
    await assertRejects(
      () => globalThis.fetch("http://localhost/b"),
      TypeError,
      "Network down",
    );
    assertSpyCalls(fake, 2);
    assertEquals(fake.calls.map(({ args }) => String(args[0])), [
      "http://localhost/a",
      "http://localhost/b",
    ]);
    assertStrictEquals(fake.original, fetch);
  }
  assertStrictEquals(globalThis.fetch, fetch);
});

Deno.test("stub() defaults to doing nothing, and is restored once", () => {
  const counter = new Counter();
  const add: Stub<Counter> = stub(counter, "add");
  assertEquals<unknown>(counter.add(3), undefined);
  assertEquals(counter.count, 0);
  add.restore();
  assert(add.restored);
  assertThrows(() => add.restore(), MockError);
  assertEquals(counter.add(3), 3);
});

Deno.test("returnsNext() and resolvesNext() throw if no value is left", async () => {
  const values = returnsNext([1, new Error("Two")]);
  assertEquals(values(), 1);
  assertThrows(values, Error, "Two");
  assertThrows(values, MockError);
  await assertRejects(resolvesNext([]), MockError);
});

Deno.test("assertSpyCalls(), assertSpyCall() and assertSpyCallArgs() fail on other calls", () => {
  const counter = new Counter();
  using add = spy(counter, "add");
  counter.add(2);
  for (
    const wrong of [
      () => assertSpyCalls(add, 0),
      () => assertSpyCalls(add, 2),
      () => assertSpyCall(add, 1),
      () => assertSpyCall(add, 0, { args: [3] }),
      () => assertSpyCall(add, 0, { self: new Counter() }),
      () => assertSpyCall(add, 0, { returned: 3 }),
      () => assertSpyCall(add, 0, { error: { Class: Error } }),
      () => assertSpyCallArgs(add, 0, [2, 3]),
      () => assertSpyCallArgs(add, 0, 1, [2]),
    ]
  ) assertThrows(wrong, AssertionError);
  assertSpyCallArgs(add, 0, 0, 1, [2]);
});

// Assertions

const circular = (): unknown => {
  const value: Record<string, unknown> = { a: 1 };
  value["self"] = value;
  return value;
};
const bare = (value: object): object => Object.assign(Object.create(null), value);

const ASSERTIONS: {
  name: string;
  passes: (() => void)[];
  fails: (() => void)[];
}[] = [
  {
    name: "assert",
    passes: [() => assert(1)],
    fails: [() => assert(0), () => assert(""), () => assert(null)],
  },
  {
    name: "assertFalse",
    passes: [() => assertFalse(0)],
    fails: [() => assertFalse({})],
  },
  {
    name: "assertEquals",
    passes: [
      () => assertEquals({ a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }),
      () => assertEquals({ a: 1, b: 2 }, { b: 2, a: 1 }),
      () => assertEquals({}, bare({})),
      () => assertEquals(new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])),
      () => assertEquals(new Set([1, 2]), new Set([2, 1])),
      () => assertEquals(new Date(5), new Date(5)),
      () => assertEquals(/a/g, /a/g),
      () => assertEquals(new URL("http://a/b"), new URL("http://a/b")),
      () => assertEquals(new Uint8Array([1, 2]), new Uint8Array([1, 2])),
      () => assertEquals(circular(), circular()),
    ],
    fails: [
      () => assertEquals<unknown>(1, "1"),
      () => assertEquals<unknown>(null, undefined),
      () => assertEquals<unknown>({ a: undefined }, {}),
      () => assertEquals<unknown>({ a: undefined }, { b: undefined }),
      () => assertEquals([1, 2], [2, 1]),
      () => assertEquals<unknown>([], {}),
      () => assertEquals<unknown>(new Counter(), { count: 0 }),
      () => assertEquals(new Map([["a", 1]]), new Map([["a", 2]])),
      () => assertEquals(new Set([1]), new Set([2])),
      () => assertEquals(new Date(5), new Date(6)),
      () => assertEquals(/a/g, /a/i),
      () => assertEquals(new URL("http://a/b"), new URL("http://a/c")),
      () => assertEquals(new Uint8Array([1, 2]), new Uint8Array([1, 3])),
    ],
  },
  {
    name: "assertNotEquals",
    passes: [() => assertNotEquals([1], [2])],
    fails: [() => assertNotEquals([1], [1])],
  },
  {
    name: "assertStrictEquals",
    passes: [() => assertStrictEquals(NaN, NaN)],
    fails: [() => assertStrictEquals(0, -0), () => assertStrictEquals({}, {})],
  },
  {
    name: "assertNotStrictEquals",
    passes: [() => assertNotStrictEquals({}, {})],
    fails: [() => assertNotStrictEquals("a", "a")],
  },
  {
    name: "assertExists",
    passes: [() => assertExists(0), () => assertExists("")],
    fails: [() => assertExists(null), () => assertExists(undefined)],
  },
  {
    name: "assertInstanceOf",
    passes: [() => assertInstanceOf(new RangeError(), Error)],
    fails: [
      () => assertInstanceOf(new Error(), RangeError),
      () => assertInstanceOf(null, Error),
    ],
  },
  {
    name: "assertNotInstanceOf",
    passes: [() => assertNotInstanceOf(new Error(), RangeError)],
    fails: [() => assertNotInstanceOf(new RangeError(), Error)],
  },
  {
    name: "assertMatch",
    passes: [() => assertMatch("abc", /^a/)],
    fails: [() => assertMatch("abc", /^b/)],
  },
  {
    name: "assertNotMatch",
    passes: [() => assertNotMatch("abc", /^b/)],
    fails: [() => assertNotMatch("abc", /^a/)],
  },
  {
    name: "assertStringIncludes",
    passes: [() => assertStringIncludes("abc", "bc")],
    fails: [() => assertStringIncludes("abc", "cb")],
  },
  {
    name: "assertArrayIncludes",
    passes: [() => assertArrayIncludes([{ a: 1 }, { a: 2 }], [{ a: 2 }])],
    fails: [() => assertArrayIncludes([1, 2], [2, 3])],
  },
  {
    name: "assertObjectMatch",
    passes: [
      () => assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { c: 2 } }),
      () => assertObjectMatch({ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }),
    ],
    fails: [
      () => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }),
      () => assertObjectMatch({ a: 1 }, { a: 1, b: undefined }),
      () => assertObjectMatch({ a: 1 }, { a: { b: 1 } }),
      () => assertObjectMatch({ a: [1] }, { a: [1, 2] }),
    ],
  },
  {
    name: "assertAlmostEquals",
    passes: [
      () => assertAlmostEquals(0.1 + 0.2, 0.3),
      () => assertAlmostEquals(1, 2, 1),
    ],
    fails: [
      () => assertAlmostEquals(1, 1.001),
      () => assertAlmostEquals(1, 2, 0.5),
    ],
  },
  {
    name: "assertGreater",
    passes: [() => assertGreater(2, 1)],
    fails: [() => assertGreater(1, 1)],
  },
  {
    name: "assertGreaterOrEqual",
    passes: [() => assertGreaterOrEqual(1, 1)],
    fails: [() => assertGreaterOrEqual(0, 1)],
  },
  {
    name: "assertLess",
    passes: [() => assertLess(1, 2)],
    fails: [() => assertLess(1, 1)],
  },
  {
    name: "assertLessOrEqual",
    passes: [() => assertLessOrEqual(1, 1)],
    fails: [() => assertLessOrEqual(1, 0)],
  },
  {
    name: "assertThrows",
    passes: [
      () => assertThrows(() => fail("Oh no"), AssertionError, "Oh no"),
      () =>
        assertThrows(() => {
          throw "text";
        }),
    ],
    fails: [
      () => assertThrows(() => {}),
      () => assertThrows(() => fail(), RangeError),
      () => assertThrows(() => fail("Oh no"), AssertionError, "Oh yes"),
      () =>
        assertThrows(() => {
          throw "text";
        }, Error),
    ],
  },
  { name: "fail", passes: [], fails: [() => fail()] },
  { name: "unreachable", passes: [], fails: [() => unreachable()] },
  { name: "unimplemented", passes: [], fails: [() => unimplemented()] },
];

for (const { name, passes, fails } of ASSERTIONS) {
  Deno.test(`${name}() fails when it should`, () => {
    for (const passing of passes) passing();
    for (const failing of fails) {
      let error: unknown;
      try {
        failing();
      } catch (thrown) {
        error = thrown;
      }
      if (!(error instanceof AssertionError)) {
        throw new Error(
          `${name}() does not fail on ${failing}`,
          { cause: error },
        );
      }
    }
  });
}

Deno.test("assertThrows() returns the thrown value", () => {
  const error = new RangeError("Too far");
  assertStrictEquals(
    assertThrows(() => {
      throw error;
    }, RangeError),
    error,
  );
});

Deno.test("assertRejects() resolves to the reason", async () => {
  const error = new RangeError("Too far");
  const reason: RangeError = await assertRejects(
    () => Promise.reject(error),
    RangeError,
    "Too",
  );
  assertStrictEquals(reason, error);
});

Deno.test("assertRejects() fails when it should", async () => {
  const wrongs: (() => Promise<unknown>)[] = [
    () => assertRejects(() => Promise.resolve()),
    () => assertRejects(() => fail()),
    () => assertRejects(() => Promise.reject(new Error("Oh no")), RangeError),
    () => assertRejects(() => Promise.reject(new Error("Oh no")), Error, "Oh yes"),
    () => assertRejects(() => Promise.reject("text"), Error),
  ];
  for (const wrong of wrongs) {
    const [result] = await Promise.allSettled([wrong()]);
    if (
      result?.status !== "rejected" ||
      !(result.reason instanceof AssertionError)
    ) {
      throw new Error(
        `assertRejects() does not fail on ${wrong}`,
      );
    }
  }
});

Deno.test("AssertionError has its name", () => {
  const error = assertThrows(
    () => assertEquals(1, 2, "One is not two"),
    AssertionError,
    "One is not two",
  );
  assertEquals(error.name, "AssertionError");
});
