// deno-lint-ignore-file no-explicit-any
/**
 * Stands in for `@std/testing/mock`.
 *
 * @module
 */
import { assertEquals, AssertionError, assertIsError } from "../assert/mod.ts";

/** Error for a method that cannot be spied on, stubbed or restored, and for an unexpected call. */
export class MockError extends Error {
  /** Creates the error from its message. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** A recorded call. */
export interface SpyCall<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> {
  /** The arguments of the call. */
  args: Args;
  /** The return value: a promise if the function is asynchronous. */
  returned?: Return;
  /** The thrown error. */
  error?: Error;
  /** The `this` of the call. */
  self?: Self;
}

/** A function that records its calls. */
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  /** The original function. */
  original: (this: Self, ...args: Args) => Return;
  /** The calls so far, in the order in which they returned. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the method is restored. */
  restored: boolean;
  /** Restores the method. */
  restore(): void;
}

/** A method that records its calls. */
export interface MethodSpy<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> extends Spy<Self, Args, Return>, Disposable {}

/** A replaced method that records its calls. */
export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  /** The function that replaces the method. */
  fake: (this: Self, ...args: Args) => Return;
}

/** The expected properties of a call. An omitted property is not checked. */
export interface ExpectedSpyCall<
  Self = any,
  Args extends unknown[] = any[],
  Return = any,
> {
  /** The expected arguments. */
  args?: [...Args, ...unknown[]];
  /** The expected `this`. */
  self?: Self;
  /** The expected return value. */
  returned?: Return;
  /** The expected error. */
  error?: { Class?: new (...args: any[]) => Error; msgIncludes?: string };
}

/** The parameter types of a method. */
export type GetParametersFromProp<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer Args) => unknown ? Args
  : unknown[];

/** The return type of a method. */
export type GetReturnFromProp<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: any[]) => infer Return ? Return
  : unknown;

/** Creates a function that records its calls and does nothing. */
export function spy<
  Self = any,
  Args extends unknown[] = any[],
  Return = undefined,
>(): Spy<Self, Args, Return>;
/** Wraps a function and records its calls. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** Records the calls of a method, which still runs. */
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<
  Self,
  GetParametersFromProp<Self, Prop>,
  GetReturnFromProp<Self, Prop>
>;
export function spy(target: any = () => {}, property?: PropertyKey): Spy {
  if (property === undefined) return recordCalls(target, target, cannotRestore);
  const original = target[property];
  if (typeof original !== "function") {
    throw new MockError("Cannot spy: property is not an instance method");
  }
  return replaceMethod(target, property, original, "spy");
}

/** Replaces a method with a function that does nothing, and records its calls. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
/** Replaces a method with `func`, and records its calls. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: GetParametersFromProp<Self, Prop>
  ) => GetReturnFromProp<Self, Prop>,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
export function stub(
  self: any,
  property: PropertyKey,
  func: (...args: any[]) => any = () => {},
): Stub {
  if (self[property] !== undefined && typeof self[property] !== "function") {
    throw new MockError("Cannot stub: property is not an instance method");
  }
  return Object.assign(replaceMethod(self, property, func, "stub"), {
    fake: func,
  });
}

const spies = new WeakSet<object>();

function replaceMethod(
  self: any,
  property: PropertyKey,
  run: (...args: any[]) => any,
  verb: string,
): MethodSpy {
  const original = self[property];
  const descriptor = Object.getOwnPropertyDescriptor(self, property);
  if (spies.has(Object(original))) {
    throw new MockError(`Cannot ${verb}: already spying on instance method`);
  }
  if (descriptor?.configurable === false) {
    throw new MockError(`Cannot ${verb}: non-configurable instance method`);
  }

  const method = recordCalls(original, run, () => {
    if (descriptor) Object.defineProperty(self, property, descriptor);
    else delete self[property];
  });
  Object.defineProperty(self, property, {
    value: method,
    configurable: true,
    enumerable: descriptor?.enumerable ?? false,
    writable: descriptor?.writable ?? false,
  });
  return method;
}

function recordCalls(
  original: any,
  run: (...args: any[]) => any,
  undo: () => void,
): MethodSpy {
  const calls: SpyCall[] = [];
  let restored = false;
  function restore(): void {
    if (restored) {
      throw new MockError("Cannot restore: instance method already restored");
    }
    undo();
    restored = true;
  }
  function recorded(this: any, ...args: any[]): any {
    const call: SpyCall = this ? { args, self: this } : { args };
    try {
      return call.returned = run.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
  }
  spies.add(recorded);
  return Object.defineProperties(recorded, {
    original: { enumerable: true, value: original },
    calls: { enumerable: true, value: calls },
    restored: { enumerable: true, get: () => restored },
    restore: { enumerable: true, value: restore },
    [Symbol.dispose]: { value: restore },
  }) as unknown as MethodSpy;
}

function cannotRestore(): never {
  throw new MockError("Cannot restore: function cannot be restored");
}

/** Fails unless the spy recorded exactly this many calls. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  const { length } = spy.calls;
  if (length === expectedCalls) return;
  const problem = length < expectedCalls ? "not called as much as expected" : "called more than expected";
  throw new AssertionError(
    `Spy ${problem}: expected ${expectedCalls} calls, got ${length}`,
  );
}

/** Fails unless the call at the index is as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Return> = {},
): void {
  const call = callAt(spy, callIndex);
  if (expected.args) {
    assertEquals<unknown>(
      call.args,
      expected.args,
      "Spy not called with expected args",
    );
  }
  if ("self" in expected) {
    assertEquals(call.self, expected.self, "Spy not called on expected self");
  }
  if ("returned" in expected) {
    if ("error" in expected) {
      throw new TypeError(
        "Do not expect error and return, only one should be expected",
      );
    }
    if (call.error) {
      throw new AssertionError(
        "Spy call did not return expected value, an error was thrown.",
      );
    }
    assertEquals(
      call.returned,
      expected.returned,
      "Spy call did not return expected value",
    );
  }
  if ("error" in expected) {
    if ("returned" in call) {
      throw new AssertionError(
        "Spy call did not throw an error, a value was returned.",
      );
    }
    assertIsError(
      call.error,
      expected.error?.Class,
      expected.error?.msgIncludes,
    );
  }
}

/** Fails unless the call at the index has these arguments, or these from `argsStart` to `argsEnd`. */
export function assertSpyCallArgs<
  Self,
  Args extends unknown[],
  Return,
  Expected extends unknown[],
>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  ...range: [Expected] | [argsStart: number, Expected] | [
    argsStart: number,
    argsEnd: number,
    Expected,
  ]
): Expected {
  const expected = range[range.length - 1] as Expected;
  const [start, end] = range.slice(0, -1) as number[];
  const args = callAt(spy, callIndex).args.slice(start, end);
  assertEquals<unknown>(args, expected);
  return args as Expected;
}

function callAt<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  index: number,
): SpyCall<Self, Args, Return> {
  const call = spy.calls[index];
  if (!call) throw new AssertionError("Spy not called as much as expected");
  return call;
}

/** Creates a function that returns the values one by one, and throws those that are errors. */
export function returnsNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => take(iterator.next(), calls++);
}

/** Creates a function that resolves to the values one by one, and rejects with those that are errors. */
export function resolvesNext<
  Return,
  Self = any,
  Args extends unknown[] = any[],
>(
  iterable:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return> {
  const iterator = (async function* () {
    yield* iterable;
  })();
  let calls = 0;
  return async () => take(await iterator.next(), calls++);
}

function take<T>(
  next: IteratorResult<T | Error, unknown>,
  callsBefore: number,
): T {
  if (next.done) {
    throw new MockError(
      `Not expected to be called more than ${callsBefore} times`,
    );
  }
  if (next.value instanceof Error) throw next.value;
  return next.value;
}
