/**
 * The checks that make up the guards of the models, and {@linkcode findIssue}, which reports where and why a guard
 * rejected a value.
 *
 * @module
 */

/** What the last failed check expected; only {@linkcode findIssue} reads it. */
let lastExpected = "";

/** Records what a check expected, and returns `false`. */
export function fail(expected: string): false {
  lastExpected = expected;
  return false;
}

/** Checks for an object that is neither an array nor a `Date`. */
export function isObject(value: unknown): value is Record<string, unknown> {
  const holds = typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
  return holds || fail("an object");
}

/**
 * Checks for an object without inherited fields. JSON omits inherited fields, but a guard would read them, so prototypes
 * may only have methods.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) &&
    (inheritsOnlyMethods(original(value)) || fail("an object without inherited fields"));
}

function inheritsOnlyMethods(value: object): boolean {
  const parent = Object.getPrototypeOf(value);
  if (parent === null || parent === Object.prototype) return true;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(parent));
  return fields.every(([name, field]) => name === "__proto__" || typeof field.value === "function") &&
    inheritsOnlyMethods(parent);
}

/** Checks for a string, which may be empty. */
export function isString(value: unknown): value is string {
  return typeof value === "string" || fail("a string");
}

/** Checks for a non-empty string. */
export function isFilledString(value: unknown): value is string {
  return typeof value === "string" && value !== "" || fail("a non-empty string");
}

/** Checks for `true` or `false`. */
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean" || fail("a boolean");
}

/** Checks for a number, which may have a fraction. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" || fail("a number");
}

/** Checks for an integer that a double holds exactly. */
export function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) || fail("a safe integer");
}

/** Checks for an integer within a range. */
export function isIntegerIn(value: unknown, least: number, most: number): value is number {
  const holds = Number.isSafeInteger(value) && value as number >= least && value as number <= most;
  return holds || fail(`an integer from ${least} to ${most}`);
}

/** Checks for a given string. */
export function isLiteral<T extends string>(value: unknown, literal: T): value is T {
  return value === literal || fail(JSON.stringify(literal));
}

/** Checks for one of the given strings. */
export function isOneOf<T extends string>(value: unknown, values: readonly T[]): value is T {
  return values.includes(value as T) || fail(`one of ${values.join(", ")}`);
}

/** Matches an ISO 8601 date-time, including the length of each month and leap years. */
const DATE_TIME =
  /^(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[T ](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/i;

/** Checks for an ISO 8601 string with a date and a time; the time zone may be missing. */
export function isDateTime(value: unknown): value is string {
  return typeof value === "string" && DATE_TIME.test(value) || fail("an ISO 8601 date-time");
}

/** Checks for a point in time that a request can carry. */
export function isTimestamp(value: unknown): value is Date | string {
  const holds = value instanceof Date ? isDateInRange(value) : isDateTime(value);
  return holds || fail("a valid Date or an ISO 8601 date-time");
}

/** Checks that the year of a date is from 0 to 9999, which ISO 8601 writes with four digits. */
function isDateInRange(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/**
 * Checks that a request can carry every `Date` in an object, at any depth. Objects with a `toJSON` method are not
 * searched.
 */
export function hasValidDates(value: object): boolean {
  const root = original(value);
  /** The objects to search, each with the object that contains it and its name there. Grows during the iteration. */
  const found = new Map<object, [holder: object, name: string] | undefined>([[root, undefined]]);
  for (const holder of found.keys()) {
    for (const [name, field] of entriesOf(holder)) {
      if (field instanceof Date && !isDateInRange(field)) {
        const names = [name];
        for (let at = found.get(holder); at; at = found.get(at[0])) names.push(at[1]);
        return isTimestamp(
          names.reduceRight<unknown>((at, name) => (at as Record<string, unknown>)[name], value),
        );
      }
      if (typeof field === "object" && field !== null && !found.has(field)) found.set(field, [holder, name]);
    }
  }
  return true;
}

/** The fields that JSON reads, or none if the object cannot be read: serializing it will report the error. */
function entriesOf(holder: object): [name: string, field: unknown][] {
  try {
    return ArrayBuffer.isView(holder) || "toJSON" in holder ? [] : Object.entries(holder);
  } catch {
    return [];
  }
}

/** Checks for a value that is missing, `null` or passes the guard. */
export function isAbsentOr<T>(
  value: unknown,
  guard: (value: unknown) => value is T,
): value is T | null | undefined {
  return value === undefined || value === null || guard(value);
}

/** Checks that one of two fields is a string and that the other is absent. */
export function hasOneOf(value: Record<string, unknown>, first: string, second: string): boolean {
  if (value[first] === undefined || value[first] === null) {
    return typeof value[second] === "string" || fail(`a string if '${first}' is absent`);
  }
  return isString(value[first]) &&
    (value[second] === undefined || value[second] === null || fail(`absent if '${first}' is given`));
}

/** Checks for an array whose items all pass the guard. */
export function isArrayOf<T>(value: unknown, guard: (value: unknown) => value is T): value is T[] {
  if (!isArray(value)) return false;
  const wrong = original(value).findIndex((item) => !guard(item));
  return wrong === -1 || guard(value[wrong]);
}

/** Checks for an array of any items. */
export function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value) || fail("an array");
}

/** Checks for an array of strings. */
export function isStringArray(value: unknown): value is string[] {
  return isArrayOf(value, isString);
}

/** Checks for an object whose fields all pass the guard. */
export function isMapOf<T>(
  value: unknown,
  guard: (value: unknown) => value is T,
): value is Record<string, T> {
  if (!isObject(value)) return false;
  const fields = original(value);
  const wrong = Object.keys(fields).find((key) => !guard(fields[key]));
  return wrong === undefined || guard(value[wrong]);
}

/** Where a guard stopped, and why. */
export interface Issue {
  /** The path of the field, such as `details.span_counts.total`, or an empty string for the value itself. */
  readonly path: string;
  /** What the guard expected there. */
  readonly expected: string;
  /** The value that it found there. */
  readonly value: unknown;
}

/**
 * Runs a guard again on a value that it has rejected, and reports where it stopped.
 *
 * A guard checks each field where it reads it and stops at the first wrong one, so the last field that it reads is
 * the wrong one. Returns `undefined` if the guard accepts the value.
 */
export function findIssue(guard: (value: unknown) => boolean, value: unknown): Issue | undefined {
  let path = "";
  let found = value;
  function record(value: unknown, at: string): unknown {
    path = at;
    found = value;
    if (typeof value !== "object" || value === null || value instanceof Date) return value;
    const isArray = Array.isArray(value);
    // The target is an empty object, because a proxy of a frozen object could not return proxies of its fields.
    const proxy = new Proxy(isArray ? [] : {}, {
      get(_, key) {
        const field: unknown = Reflect.get(value, key);
        if (typeof key === "symbol" || (key in value && !isItem(value, key))) return field;
        return record(field, isArray ? `${at}[${key}]` : at === "" ? key : `${at}.${key}`);
      },
    });
    originals.set(proxy, value);
    return proxy;
  }
  return guard(record(value, "")) ? undefined : { path, expected: lastExpected, value: found };
}

/** The object behind each proxy of {@linkcode findIssue}. */
const originals = new WeakMap<object, object>();

/**
 * Returns the original object, also if {@linkcode findIssue} has wrapped it in a proxy. Checks that iterate over all
 * fields look for the invalid one in the original, and read only that one through the proxy.
 */
function original<T extends object>(value: T): T {
  return originals.get(value) as T | undefined ?? value;
}

/** Checks that a key names a field or an item, and not a method or the length of an array. */
function isItem(value: object, key: string): boolean {
  return Object.hasOwn(value, key) && !(Array.isArray(value) && key === "length");
}

/** Formats a value for a message: long strings are cut, and objects and arrays are named by their kind. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) {
    return value.length === 1 ? "an array of 1 item" : `an array of ${value.length} items`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol"; // its description may be a secret
  return String(value);
}
