/**
 * Stands in for `@std/assert`, as far as the tests use it.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

/** Any class, including an abstract one. */
type AnyClass<T> = abstract new (...args: never[]) => T;
/** A class of errors. */
type ErrorClass<E extends Error> = new (...args: never[]) => E;
/** A falsy value. */
export type Falsy = false | 0 | 0n | "" | null | undefined;
/** An array or typed array, but not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Error that a failed assertion throws. */
export class AssertionError extends Error {
  /** Creates the error from its message. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Fails unless the value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless the value is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Fails unconditionally. */
export function fail(msg?: string): never {
  throw new AssertionError(explain("Failed assertion", msg));
}

/** Fails because code is reached that must not be. */
export function unreachable(msg?: string): never {
  throw new AssertionError(explain("Unreachable", msg));
}

/** Fails because code is not written yet. */
export function unimplemented(msg?: string): never {
  throw new AssertionError(explain("Unimplemented", msg));
}

/**
 * Returns whether two values have the same structure and the same prototypes. An undefined field differs from a missing
 * one, 0 equals -0, and `{}` equals an object without a prototype.
 */
export function equal(a: unknown, b: unknown): boolean {
  const seen = new Map<object, object>();
  return compare(a, b);

  function compare(a: unknown, b: unknown): boolean {
    if (typeof a === "number" && a === b) return true;
    if (!isPlain(a) || !isPlain(b)) return isDeepStrictEqual(a, b);
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    const keys = Reflect.ownKeys(a);
    return keys.length === Reflect.ownKeys(b).length &&
      keys.every((key) =>
        Object.hasOwn(b, key) &&
        compare(Reflect.get(a, key), Reflect.get(b, key))
      );
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ||
    prototype === Array.prototype;
}

/** Fails unless the values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `${explain("Values are not equal", msg)}\n${difference(actual, expected)}`,
  );
}

/** Fails if the values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  check(
    !equal(actual, expected),
    () => `Expected actual: ${formatValue(actual)} not to be: ${formatValue(expected)}`,
    msg,
  );
}

/** Fails unless `Object.is` holds. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  check(
    Object.is(actual, expected),
    () => `Values are not strictly equal: ${formatValue(actual)} is not ${formatValue(expected)}`,
    msg,
  );
}

/** Fails if `Object.is` holds. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  check(
    !Object.is(actual, expected),
    () => `Expected "actual" to not be strictly equal to: ${formatValue(actual)}`,
    msg,
  );
}

/** Fails if the value is null or undefined. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  check(
    actual !== undefined && actual !== null,
    () => `Expected actual: "${actual}" to not be null or undefined`,
    msg,
  );
}

/** Fails unless the value is an instance of the class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: AnyClass<T>,
  msg?: string,
): asserts actual is T {
  check(
    actual instanceof expectedType,
    () => `Expected object to be an instance of "${expectedType.name}" but was ${formatValue(actual)}`,
    msg,
  );
}

/** Fails if the value is an instance of the class. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: AnyClass<T>,
  msg?: string,
): asserts actual is Exclude<A, T> {
  check(
    !(actual instanceof unexpectedType),
    () => `Expected object to not be an instance of "${unexpectedType.name}"`,
    msg,
  );
}

/** Fails unless the string matches. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  check(
    expected.test(actual),
    () => `Expected actual: "${actual}" to match: "${expected}"`,
    msg,
  );
}

/** Fails if the string matches. */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  check(
    !expected.test(actual),
    () => `Expected actual: "${actual}" to not match: "${expected}"`,
    msg,
  );
}

/** Fails unless the string contains the other. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  check(
    actual.includes(expected),
    () => `Expected actual: "${actual}" to contain: "${expected}"`,
    msg,
  );
}

/** Fails unless every expected item is deeply equal to one of the actual items. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((value) => !items.some((item) => equal(item, value)));
  check(
    missing.length === 0,
    () => `Expected actual: ${formatValue(items)} to include: ${formatValue(missing)}`,
    msg,
  );
}

/** Fails unless the actual object contains every field of the expected one, at any depth. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- as in `@std/assert`, so that any object can be passed
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (includes(actual, expected)) return;
  throw new AssertionError(
    `${explain("Object does not match", msg)}\n${difference(actual, expected)}`,
  );
}

function includes(actual: unknown, expected: unknown): boolean {
  if (!isPlain(expected) || typeof actual !== "object" || actual === null) {
    return equal(actual, expected);
  }
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  return Object.keys(expected).every((key) =>
    key in actual &&
    includes(Reflect.get(actual, key), Reflect.get(expected, key))
  );
}

/** Fails if the numbers differ by more than the tolerance, which defaults to a ten-millionth of the expected one. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  const limit = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  check(
    Object.is(actual, expected) || Math.abs(expected - actual) <= limit,
    () => `Expected actual: "${actual}" to be close to "${expected}": not within "${limit}"`,
    msg,
  );
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  check(
    actual > expected,
    () => `Expect ${formatValue(actual)} > ${formatValue(expected)}`,
    msg,
  );
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  check(
    actual >= expected,
    () => `Expect ${formatValue(actual)} >= ${formatValue(expected)}`,
    msg,
  );
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  check(
    actual < expected,
    () => `Expect ${formatValue(actual)} < ${formatValue(expected)}`,
    msg,
  );
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  check(
    actual <= expected,
    () => `Expect ${formatValue(actual)} <= ${formatValue(expected)}`,
    msg,
  );
}

/** Fails unless the value is an error of the class and its message contains or matches the last argument. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: AnyClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  check(
    error instanceof Error,
    () => `Expected "error" to be an Error object`,
    msg,
  );
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const { name } = error.constructor;
    fail(
      explain(
        `Expected error to be instance of "${ErrorClass.name}", but was "${name}"`,
        msg,
      ),
    );
  }
  if (!msgMatches) return;
  check(
    typeof msgMatches === "string" ? error.message.includes(msgMatches) : msgMatches.test(error.message),
    () =>
      `Expected error message to include ${formatValue(msgMatches)}, but got ${formatValue(error.message)}`,
    msg,
  );
}

/** Fails unless the function throws. Returns the thrown value. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless the function throws an error of the class that contains the text. Returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, msg);
  }
  throw new AssertionError(
    explain(
      "Expected function to throw",
      typeof classOrMsg === "string" ? classOrMsg : msg,
    ),
  );
}

/** Fails unless the function returns a promise that rejects. Resolves to the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** Fails unless the promise rejects with an error of the class that contains the text. Resolves to the error. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const note = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch (error) {
    throw new AssertionError(
      explain("Function throws when expected to reject", note),
      { cause: error },
    );
  }
  check(
    typeof promise?.then === "function",
    () => "Function throws when expected to reject",
    note,
  );
  try {
    await promise;
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, msg);
  }
  throw new AssertionError(explain("Expected function to reject", note));
}

function checkThrown(
  error: unknown,
  classOrMsg: ErrorClass<Error> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): unknown {
  if (typeof classOrMsg === "function") {
    assertIsError(error, classOrMsg, msgIncludes, msg);
  }
  return error;
}

function check(
  met: boolean,
  problem: () => string,
  msg: string | undefined,
): asserts met {
  if (!met) throw new AssertionError(explain(problem(), msg));
}

function explain(problem: string, msg: string | undefined): string {
  return msg ? `${problem}: ${msg}` : `${problem}.`;
}

function formatValue(value: unknown): string {
  return inspect(value, { depth: null });
}

/** Formats the difference with `node:assert`, or both values if it sees none. */
function difference(actual: unknown, expected: unknown): string {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return `${formatValue(actual)}\n${formatValue(expected)}`;
}
