/**
 * The plain checks that the models' guards are made of, and {@linkcode findIssue}, which finds out where
 * and why a guard said no.
 *
 * @module
 */

/** What the check that failed last expected to see; {@linkcode findIssue} alone reads it. */
let lastExpected = "";

/** Says no, and remembers what was expected. */
export function fail(expected: string): false {
  lastExpected = expected;
  return false;
}

/** Whether the value is an object that JSON would write with braces. */
export function isObject(value: unknown): value is Record<string, unknown> {
  const holds = typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
  return holds || fail("an object");
}

/** Whether the value is a string; it may be empty. */
export function isString(value: unknown): value is string {
  return typeof value === "string" || fail("a string");
}

/** Whether the value is `true` or `false`. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean" || fail("a boolean");
}

/** Whether the value is an integer that a double holds exactly. */
export function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) || fail("a safe integer");
}

/** Whether the value is exactly this string. */
export function isLiteral<T extends string>(value: unknown, literal: T): value is T {
  return value === literal || fail(JSON.stringify(literal));
}

/** Whether the value is one of these strings. */
export function isOneOf<T extends string>(value: unknown, values: readonly T[]): value is T {
  return values.includes(value as T) || fail(`one of ${values.join(", ")}`);
}

/** Months have their length, and February 29 only the years that 4 divides, but of the centuries those that 400 does. */
const DATE_TIME =
  /^(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[T ](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/i;

/** Whether the value is an ISO 8601 date-time, with a date and a time; the zone may be missing. */
export function isDateTime(value: unknown): value is string {
  return typeof value === "string" && DATE_TIME.test(value) || fail("an ISO 8601 date-time");
}

/** The end of the year 9999, in ms: ISO 8601 writes no later date with four digits. */
const LAST_DATE = Date.UTC(10_000, 0) - 1;

/** Whether a request can take the value as a point in time: a valid `Date` or an ISO 8601 date-time. */
export function isTimestamp(value: unknown): value is Date | string {
  const isRight = value instanceof Date ? value.getTime() <= LAST_DATE : isDateTime(value);
  if (isRight) return true;
  return fail("a valid Date or an ISO 8601 date-time");
}

/** Whether the value is missing, `null`, or passes the guard. */
export function isAbsentOr<T>(
  value: unknown,
  guard: (value: unknown) => value is T,
): value is T | null | undefined {
  return value === undefined || value === null || guard(value);
}

/** Whether the value is an array whose every item passes the guard. */
export function isArrayOf<T>(value: unknown, guard: (value: unknown) => value is T): value is T[] {
  if (!Array.isArray(value)) return fail("an array");
  for (const item of value) {
    if (!guard(item)) return false;
  }
  return true;
}

/** Whether the value is an object whose every field passes the guard. */
export function isMapOf<T>(
  value: unknown,
  guard: (value: unknown) => value is T,
): value is Record<string, T> {
  return isObject(value) && Object.keys(value).every((key) => guard(value[key]));
}

/** Where a guard stopped, and why. */
export interface Issue {
  /** The path of the field, such as `details.span_counts.total`; empty for the value itself. */
  readonly path: string;
  /** What the guard expected to see there. */
  readonly expected: string;
  /** What stood there. */
  readonly value: unknown;
}

/**
 * Replays a guard that has refused a value and tells where it stopped.
 *
 * A guard checks each field where it reads it and stops at the first bad one, so the field it read last is
 * the answer. `undefined` where the guard lets the value pass.
 */
export function findIssue(guard: (value: unknown) => boolean, value: unknown): Issue | undefined {
  let path = "";
  let found = value;
  function record(value: unknown, at: string): unknown {
    path = at;
    found = value;
    if (typeof value !== "object" || value === null || value instanceof Date) return value;
    // A shallow copy as the target: a frozen one would not let the proxy answer with another proxy.
    return new Proxy(Array.isArray(value) ? [...value] : { ...value }, {
      get(target, key) {
        const field: unknown = Reflect.get(value, key);
        if (typeof key === "symbol" || (key in target && !isItem(target, key))) return field;
        return record(field, Array.isArray(target) ? `${at}[${key}]` : at === "" ? key : `${at}.${key}`);
      },
    });
  }
  return guard(record(value, "")) ? undefined : { path, expected: lastExpected, value: found };
}

/** Whether the key names one of the target's own fields or items, not a method or an array's `length`. */
function isItem(target: object, key: string): boolean {
  return Object.hasOwn(target, key) && !(Array.isArray(target) && key === "length");
}

/** A value in short, for a message: strings cut, objects and arrays by their kind. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) {
    return value.length === 1 ? "an array of 1 item" : `an array of ${value.length} items`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}
