/**
 * A second, table-driven implementation of the models, against which the guards are tested.
 *
 * @module
 */

import { fc } from "./setup.ts";

/** Checks the values of a field and generates valid ones. */
export interface Kind {
  /** Returns the paths of invalid fields, in the order of the fields. */
  issues(value: unknown, path: string): Iterable<string>;
  readonly good: fc.Arbitrary<unknown>;
}

function simple(good: fc.Arbitrary<unknown>, allows: (value: unknown) => boolean): Kind {
  return { good, issues: (value, path) => allows(value) ? [] : [path] };
}

export const text = simple(fc.string(), (value) => typeof value === "string");
export const flag = simple(fc.boolean(), (value) => value === true || value === false);
export const count = simple(
  fc.maxSafeInteger(),
  (value) => typeof value === "number" && value % 1 === 0 && Math.abs(value) < 2 ** 53,
);
export const number = simple(fc.double({ noNaN: true }), (value) => typeof value === "number");
export const object = simple(jsonObjects(), isBraced);
/** Any value. */
export const any = simple(fc.jsonValue(), () => true);
/** A string with at least one character. */
export const filled = simple(
  fc.string({ minLength: 1 }),
  (value) => typeof value === "string" && value !== "",
);

/** The dates whose year ISO 8601 writes with four digits. */
const FOUR_DIGIT_YEARS = {
  min: new Date("0000-01-01T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
};
export const dateTime = simple(dateTimes(), (value) => typeof value === "string" && isDateTime(value));
export const timestamp = simple(
  fc.oneof(dateTimes(), fc.date({ ...FOUR_DIGIT_YEARS, noInvalidDate: true })),
  (value) =>
    typeof value === "string" && isDateTime(value) ||
    value instanceof Date && value.getUTCFullYear() >= 0 && value.getUTCFullYear() <= 9999,
);

export function oneOf(...values: string[]): Kind {
  return simple(fc.constantFrom(...values), (value) => typeof value === "string" && values.includes(value));
}

export function integer(min: number, max: number): Kind {
  return simple(
    fc.integer({ min, max }),
    (value) => typeof value === "number" && value % 1 === 0 && value >= min && value <= max,
  );
}

/** A string of these characters. */
export function matching(pattern: RegExp): Kind {
  return simple(fc.stringMatching(pattern), (value) => typeof value === "string" && pattern.test(value));
}

/** A field that may be missing or `null`. */
export function maybe(kind: Kind): Kind {
  return {
    good: fc.oneof(kind.good, fc.constantFrom(null, undefined)),
    issues: (value, path) => value === null || value === undefined ? [] : kind.issues(value, path),
  };
}

/** A field that may be `null`, but not missing. */
export function nullable(kind: Kind): Kind {
  return {
    good: fc.option(kind.good),
    issues: (value, path) => value === null ? [] : kind.issues(value, path),
  };
}

/** A field that may be missing, but not `null`. */
export function missing(kind: Kind): Kind {
  return {
    good: fc.option(kind.good, { nil: undefined }),
    issues: (value, path) => value === undefined ? [] : kind.issues(value, path),
  };
}

export function list(kind: Kind): Kind {
  return {
    good: fc.array(kind.good, { maxLength: 3 }),
    *issues(value, path) {
      if (!Array.isArray(value)) return yield path;
      for (let index = 0; index < value.length; index++) {
        yield* kind.issues(value[index], `${path}[${index}]`);
      }
    },
  };
}

export function map(kind: Kind): Kind {
  return {
    good: fc.dictionary(fc.string(), kind.good, { maxKeys: 3 }),
    *issues(value, path) {
      if (!isBraced(value)) return yield path;
      for (const key of Object.keys(value)) yield* kind.issues(value[key], join(path, key));
    },
  };
}

/** An object with these fields and any others. */
export function shape(fields: Record<string, Kind>): Kind {
  const good = Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, kind.good]));
  return {
    good: fc.record(good),
    *issues(value, path) {
      if (!isBraced(value)) return yield path;
      for (const [name, kind] of Object.entries(fields)) yield* kind.issues(value[name], join(path, name));
    },
  };
}

/** An object of a request: with these fields and any others, none of them inherited. */
export function params(fields: Record<string, Kind>): Kind {
  const { good, issues } = shape(fields);
  return {
    good,
    *issues(value, path) {
      if (isBraced(value) && inheritsFields(value)) return yield path;
      yield* issues(value, path);
    },
  };
}

function inheritsFields(value: object): boolean {
  const parent = Object.getPrototypeOf(value);
  if (parent === null || parent === Object.prototype) return false;
  const names = Object.getOwnPropertyNames(parent).filter((name) => name !== "__proto__");
  return inheritsFields(parent) ||
    names.some((name) => typeof Object.getOwnPropertyDescriptor(parent, name)!.value !== "function");
}

/** An object that must match all of these kinds, which are checked in order. */
export function all(...kinds: readonly Kind[]): Kind {
  return {
    good: fc.tuple(...kinds.map(({ good }) => good)).map((goods) => Object.assign({}, ...goods)),
    *issues(value, path) {
      for (const kind of kinds) yield* kind.issues(value, path);
    },
  };
}

/** An object with a string in exactly one of two fields. */
export function exactlyOne(first: string, second: string): Kind {
  const isAbsent = (value: unknown) => value === undefined || value === null;
  return {
    good: fc.tuple(fc.constantFrom(first, second), fc.string()).map(([name, text]) => ({ [name]: text })),
    *issues(value, path) {
      const { [first]: a, [second]: b } = value as Record<string, unknown>;
      if (!isAbsent(a) && typeof a !== "string") yield join(path, first);
      else if (isAbsent(a) ? typeof b !== "string" : !isAbsent(b)) yield join(path, second);
    },
  };
}

/** A kind whose values have no invalid `Date` at any depth. */
export function withValidDates(kind: Kind): Kind {
  return {
    good: kind.good,
    *issues(value, path) {
      yield* kind.issues(value, path);
      // breadth first, like the guard
      const found: [value: object, path: string][] = [[value as object, path]];
      const seen = new Set<object>();
      for (const [holder, at] of found) {
        if (seen.has(holder) || ArrayBuffer.isView(holder) || "toJSON" in holder) continue;
        seen.add(holder);
        for (const [name, field] of Object.entries(holder)) {
          const inside = Array.isArray(holder) ? `${at}[${name}]` : join(at, name);
          if (field instanceof Date && [...timestamp.issues(field, inside)].length > 0) yield inside;
          if (typeof field === "object" && field !== null) found.push([field, inside]);
        }
      }
    },
  };
}

/** Any JSON value. The paths of its issues are not specified. */
export const json: Kind = simple(fc.jsonValue(), (value) => isJson(value, new Set()));

/** Any JSON object. */
export const jsonObject: Kind = simple(
  jsonObjects(),
  (value) => isBraced(value) && isJson(value, new Set()),
);

function isJson(value: unknown, parents: Set<object>): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return value - value === 0;
  if (typeof value !== "object" || parents.has(value)) return false;
  const inside = new Set(parents).add(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isJson(value[index], inside)) return false;
    }
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return Object.values(value).every((field) => field === undefined || isJson(field, inside));
}

function jsonObjects(): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function isBraced(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Returns whether the day and time exist in the calendar of `Date`. */
function isDateTime(value: string): boolean {
  const parts = value.match(
    /^(\d\d\d\d)-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:[Zz]|[+-](\d\d)(?::?(\d\d))?)?$/,
  );
  if (!parts) return false;
  const [year, month, day, hour, minute, second, zoneHour, zoneMinute] = parts.slice(1).map((part) =>
    Number(part ?? 0)
  ) as [number, number, number, number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 &&
    second <= 60 && zoneHour < 24 && zoneMinute < 60;
}

function dateTimes(): fc.Arbitrary<string> {
  const zones = fc.constantFrom("Z", "z", "", "+02:00", "-0930", "+14");
  const marks = fc.constantFrom("T", "t", " ");
  const leapDays = fc.constantFrom("2000-02-29", "2024-02-29", "0400-02-29").map((day) => new Date(day));
  const dates = fc.oneof(
    { arbitrary: fc.date({ ...FOUR_DIGIT_YEARS, noInvalidDate: true }), weight: 4 },
    leapDays,
  );
  return fc.tuple(dates, marks, zones, fc.constantFrom(16, 19, 23)).map(
    ([date, mark, zone, length]) => date.toISOString().slice(0, length).replace("T", mark) + zone,
  );
}

/** Generates date-times just inside and outside the limits of the calendar and the clock. */
export function nearlyDateTimes(): fc.Arbitrary<string> {
  const years = fc.constantFrom("1900", "2000", "2023", "2024", "2100", "999", "10000");
  const days = fc.constantFrom("00-01", "01-00", "01-32", "02-29", "02-30", "04-31", "11-31", "13-01");
  const times = fc.constantFrom("24:00:00", "23:60:00", "23:59:60", "23:59:61", "23:59:59.", "23:59", "23");
  const zones = fc.constantFrom("+23:59", "+24:00", "-00:60", "+1", "Y");
  return fc.oneof(
    fc.tuple(years, days).map(([year, day]) => `${year}-${day}T12:00:00Z`),
    fc.tuple(times, zones).map(([time, zone]) => `2024-02-29T${time}${zone}`),
    fc.oneof(times.map((time) => `${time}Z`), zones.map((zone) => `12:00:00${zone}`)).map((end) =>
      `2024-12-31T${end}`
    ),
  );
}
