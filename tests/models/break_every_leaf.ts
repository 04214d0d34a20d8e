/**
 * Breaks a valid value in one place after another, to test which values a guard rejects and with which issue.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { findIssue } from "../../src/guards.ts";

/** The values that one place of a model may have. */
export interface Rule {
  /** The expectation that the issue reports for an invalid value. */
  readonly expected: string;
  /** Invalid values, apart from `null` and `undefined`. */
  readonly wrong: readonly unknown[];
  /** Valid values, apart from the one in the example. */
  readonly right: readonly unknown[];
  /** Whether the field may be absent. */
  readonly absent: boolean;
  /** Whether the value may be `null`. */
  readonly nullable: boolean;
  /** Whether the guard does not check the fields of the value. */
  readonly opaque: boolean;
  /** Whether the value is a map, so that the guard checks each of its fields. */
  readonly map: boolean;
  /** The issue if the field is absent or `null`. Defaults to one of the place itself. */
  readonly missing?: { readonly path: string; readonly expected: string };
}

type Kind = Pick<Rule, "expected" | "wrong" | "right"> & Partial<Rule>;

/** The rule of each place, by its path. */
export type Rules = Readonly<Record<string, Rule>>;

const NO_STRINGS = [0, 1.5, Number.NaN, 1n, true, false, {}, [], ["a"], Symbol.iterator, () => "a"];
const NO_OBJECTS = ["", "{}", 0, 1, true, false, [], [{}], () => ({})];
const NO_DATE_TIMES = ["", "abc", "2024-05-06", "07:08:09Z", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z"];

export const STRING: Kind = {
  expected: "a string",
  wrong: NO_STRINGS,
  right: ["", "\u0000", "é\ud83d\ude00"],
};
export const FILLED_STRING: Kind = {
  expected: "a non-empty string",
  wrong: [...NO_STRINGS, ""],
  right: [" ", "é\ud83d\ude00"],
};
/** An enum of a response. */
export const OPEN_ENUM: Kind = { ...STRING, right: ["a future value", ""] };
export const BOOLEAN: Kind = {
  expected: "a boolean",
  wrong: ["", "true", 0, 1, {}, []],
  right: [true, false],
};
export const NUMBER: Kind = {
  expected: "a number",
  wrong: ["1", "", 1n, true, {}, [1]],
  right: [0, -1, 1.5],
};
export const SAFE_INTEGER: Kind = {
  expected: "a safe integer",
  wrong: [...NUMBER.wrong, 1.5, Number.NaN, Infinity, 2 ** 53, -(2 ** 53)],
  right: [0, -1, 2 ** 53 - 1],
};
export const DATE_TIME: Kind = {
  expected: "an ISO 8601 date-time",
  wrong: [...NO_STRINGS, ...NO_DATE_TIMES, new Date(0)],
  right: ["2024-05-06T07:08:09+02:00", "2024-05-06T07:08:09.123456Z"],
};
export const TIMESTAMP: Kind = {
  expected: "a valid Date or an ISO 8601 date-time",
  wrong: [...NO_STRINGS, ...NO_DATE_TIMES, new Date(Number.NaN), new Date(-1e14), new Date(1e15)],
  right: [new Date(0), "2024-05-06T07:08:09+02:00"],
};
export const OBJECT: Kind = { expected: "an object", wrong: NO_OBJECTS, right: [] };
/** An object whose fields have the same rule. */
export const MAP: Kind = { ...OBJECT, right: [{}], map: true };
/** An object whose fields are not checked. */
export const OPAQUE: Kind = { ...OBJECT, right: [{}, { a: [null, { b: 1 }] }], opaque: true };
export const ARRAY: Kind = {
  expected: "an array",
  wrong: ["", "[]", 0, true, {}, { length: 0 }],
  right: [[]],
};

export function integer(least: number, most: number): Kind {
  return {
    expected: `an integer from ${least} to ${most}`,
    wrong: [...SAFE_INTEGER.wrong, least - 1, most + 1],
    right: [least, most],
  };
}

export function literal(text: string): Kind {
  return {
    expected: JSON.stringify(text),
    wrong: [...NO_STRINGS, "", text.toUpperCase(), `${text} `],
    right: [],
  };
}

export function oneOf(...texts: string[]): Kind {
  return {
    expected: `one of ${texts.join(", ")}`,
    wrong: [...NO_STRINGS, "", texts[0]!.toUpperCase(), `${texts[0]} `, texts.join(", ")],
    right: texts,
  };
}

/** The field must be present. */
export function required(kind: Kind): Rule {
  return { absent: false, nullable: false, opaque: false, map: false, ...kind };
}

/** The field may be absent or `null`. */
export function optional(kind: Kind): Rule {
  return { absent: true, nullable: true, opaque: false, map: false, ...kind };
}

/** The field may be absent but not `null`; also an item of an array or a field of a map. */
export function absentOr(kind: Kind): Rule {
  return { absent: true, nullable: false, opaque: false, map: false, ...kind };
}

/** Several fields with the same rule. */
export function fields(names: string, rule: Rule): Rules {
  return Object.fromEntries(names.split(" ").map((name) => [name, rule]));
}

/** An array, with the rule of its items. */
export function list(path: string, rule: Rule, items: Kind, count: number): Rules {
  return {
    [path]: rule,
    ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`${path}[${n}]`, absentOr(items)])),
  };
}

/** The rules of a model for a field with that model. */
export function under(path: string, rules: Rules): Rules {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [`${path}.${name}`, rule]));
}

/** A value that is invalid in one place. */
export interface BrokenCase {
  readonly value: unknown;
  readonly path: string;
  readonly expected: string;
  readonly found: unknown;
}

/** Returns all values that are invalid in one place of the example. */
export function* brokenCases(valid: object, rules: Rules): Generator<BrokenCase> {
  for (const { path, keys } of places(valid, rules)) {
    const { expected, wrong, absent, nullable, missing } = rules[path]!;
    for (const found of wrong) yield { value: put(valid, keys, found), path, expected, found };
    if (!nullable) {
      const found = missing ? undefined : null;
      yield { path, expected, ...missing, found, value: put(valid, keys, null) };
    }
    if (!absent) yield { path, expected, ...missing, found: undefined, value: take(valid, keys) };
  }
}

/** Returns all values that differ from the example in one place and are valid. */
function* rightCases(
  valid: object,
  rules: Rules,
): Generator<{ value: unknown; path: string; found: unknown }> {
  yield { value: structuredClone(valid), path: "", found: "the value itself" };
  yield { value: put(valid, ["x_new"], { a: 1 }), path: "x_new", found: "an unknown field" };
  for (const { path, keys } of places(valid, rules)) {
    const { right, absent, nullable, map } = rules[path]!;
    for (const found of [...right, ...(nullable ? [null] : [])]) {
      yield { value: put(valid, keys, found), path, found };
    }
    if (absent) yield { value: take(valid, keys), path, found: undefined };
    const here = at(valid, keys);
    if (isBranch(here) && !Array.isArray(here) && !map) {
      yield { value: put(valid, [...keys, "x_new"], null), path: `${path}.x_new`, found: "an unknown field" };
    }
  }
}

type Guard = (value: unknown) => boolean;

/**
 * Asserts that the guard accepts the example, and rejects it if any single place breaks its rule, with the path of that
 * place in the issue. There must be a rule for every place of the example, and for no other.
 */
export function breakEveryLeaf(guard: Guard, valid: object, rules: Rules): void {
  assertEquals(places(valid, rules).map(({ path }) => path).sort(), Object.keys(rules).sort());
  for (const { value, path, found } of rightCases(valid, rules)) {
    const before = structuredClone(value);
    deepFreeze(value);
    assert(guard(value), `it must accept ${Deno.inspect(found)} at '${path}'`);
    assertEquals(findIssue(guard, value), undefined);
    assertEquals(value, before);
  }
  for (const { value, path, expected, found } of brokenCases(valid, rules)) {
    deepFreeze(value);
    assertFalse(guard(value), `it must reject ${Deno.inspect(found)} at '${path}'`);
    assertEquals(findIssue(guard, value), { path, expected, value: found });
  }
  for (const value of [undefined, null, "", "a", 0, true, [], [valid], () => valid]) {
    assertFalse(guard(value), `it must reject ${Deno.inspect(value)}`);
    assertEquals(findIssue(guard, value), { path: "", expected: "an object", value });
  }
}

/** A guard with an example of its model and the rules of the places in it. */
export type GuardRow = readonly [guard: Guard, valid: object, rules: Rules];

/** Registers a test of each guard of a model in responses. */
export function testGuards(rows: readonly GuardRow[]): void {
  for (const [guard, valid, rules] of rows) {
    Deno.test(`${guard.name}() rejects each invalid field, and the issue names it`, () => {
      breakEveryLeaf(guard, valid, rules);
    });
  }
}

/** Registers tests of each guard of a model in requests. */
export function testRequestGuards(rows: readonly GuardRow[]): void {
  testGuards(rows);
  for (const [guard, valid, rules] of rows) {
    Deno.test(`${guard.name}() rejects inherited fields, which JSON leaves out`, () => {
      const expected = "an object without inherited fields";
      const value = Object.create(valid);
      assertFalse(guard(value));
      assertEquals(findIssue(guard, value), { path: "", expected, value });
      for (const { path, keys } of places(valid, rules)) {
        const inner = at(valid, keys);
        if (!isBranch(inner) || Array.isArray(inner) || rules[path]!.opaque) continue;
        const found = Object.create(inner);
        const value = put(valid, keys, found);
        assertFalse(guard(value), path);
        assertEquals(findIssue(guard, value), { path, expected, value: found });
      }
    });
  }
}

interface Place {
  readonly path: string;
  readonly keys: readonly (string | number)[];
}

/** Returns all places of a value, outer ones before inner ones. */
function places(value: unknown, rules: Rules, path = "", keys: Place["keys"] = []): Place[] {
  const here = path === "" ? [] : [{ path, keys }];
  if (!isBranch(value) || rules[path]?.opaque) return here;
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, rules, `${path}[${index}]`, [...keys, index]))
    : Object.entries(value).flatMap(([key, field]) =>
      places(field, rules, path === "" ? key : `${path}.${key}`, [...keys, key])
    );
  return [...here, ...inside];
}

function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

function at(value: unknown, keys: Place["keys"]): unknown {
  return keys.reduce((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

function put(valid: object, keys: Place["keys"], found: unknown): unknown {
  const value = structuredClone(valid);
  const parent = at(value, keys.slice(0, -1)) as Record<string | number, unknown>;
  parent[keys.at(-1)!] = found;
  return value;
}

function take(valid: object, keys: Place["keys"]): unknown {
  const value = structuredClone(valid);
  const parent = at(value, keys.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(keys.at(-1)), 1);
  else delete (parent as Record<string, unknown>)[keys.at(-1)!];
  return value;
}

function deepFreeze(value: unknown): void {
  if (!isBranch(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
