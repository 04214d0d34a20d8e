/**
 * Breaks a valid value in one place after the other, so that a guard shows what it refuses and where.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { findIssue } from "../../src/guards.ts";

/** What may stand in one place of a model. */
export interface Rule {
  /** What the guard says it wants there. */
  readonly expected: string;
  /** What it refuses there, apart from `null` and nothing at all. */
  readonly wrong: readonly unknown[];
  /** What it takes there beside the value that the table starts from. */
  readonly right: readonly unknown[];
  /** Whether the place may be empty. */
  readonly absent: boolean;
  /** Whether it may hold `null`. */
  readonly nullable: boolean;
  /** Whether nobody looks at what stands inside. */
  readonly opaque: boolean;
  /** Whether the fields inside are the entries of a map, so that the guard looks at each of them. */
  readonly map: boolean;
}

type Kind = Pick<Rule, "expected" | "wrong" | "right"> & Partial<Rule>;

/** A rule for each place, by its path. */
export type Rules = Readonly<Record<string, Rule>>;

const NO_STRINGS = [0, 1.5, Number.NaN, 1n, true, false, {}, [], ["a"], Symbol.iterator, () => "a"];
const NO_OBJECTS = ["", "{}", 0, 1, true, false, [], [{}], () => ({})];
const NO_DATE_TIMES = ["", "abc", "2024-05-06", "07:08:09Z", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z"];

export const STRING: Kind = {
  expected: "a string",
  wrong: NO_STRINGS,
  right: ["", "\u0000", "é\ud83d\ude00"],
};
export const BOOLEAN: Kind = {
  expected: "a boolean",
  wrong: ["", "true", 0, 1, {}, []],
  right: [true, false],
};
export const SAFE_INTEGER: Kind = {
  expected: "a safe integer",
  wrong: ["1", "", 1.5, Number.NaN, Infinity, 2 ** 53, -(2 ** 53), 1n, true, {}, [1]],
  right: [0, -1, 2 ** 53 - 1],
};
export const DATE_TIME: Kind = {
  expected: "an ISO 8601 date-time",
  wrong: [...NO_STRINGS, ...NO_DATE_TIMES, new Date(0)],
  right: ["2024-05-06T07:08:09+02:00", "2024-05-06T07:08:09.123456Z"],
};
export const TIMESTAMP: Kind = {
  expected: "a valid Date or an ISO 8601 date-time",
  wrong: [...NO_STRINGS, ...NO_DATE_TIMES, new Date(Number.NaN)],
  right: [new Date(0), "2024-05-06T07:08:09+02:00"],
};
export const OBJECT: Kind = { expected: "an object", wrong: NO_OBJECTS, right: [] };
/** An object whose every field has the same rule. */
export const MAP: Kind = { ...OBJECT, right: [{}], map: true };
/** An object that may hold anything. */
export const OPAQUE: Kind = { ...OBJECT, right: [{}, { a: [null, { b: 1 }] }], opaque: true };
export const ARRAY: Kind = { expected: "an array", wrong: ["", "[]", 0, true, {}, { length: 0 }], right: [] };

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

/** It has to be there. */
export function required(kind: Kind): Rule {
  return { absent: false, nullable: false, opaque: false, map: false, ...kind };
}

/** It may be left out or `null`. */
export function optional(kind: Kind): Rule {
  return { absent: true, nullable: true, opaque: false, map: false, ...kind };
}

/** It may be left out, and is not `null`; also an item of an array or a map. */
export function absentOr(kind: Kind): Rule {
  return { absent: true, nullable: false, opaque: false, map: false, ...kind };
}

/** The rules of a model as they hold for a field that carries it. */
export function under(path: string, rules: Rules): Rules {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [`${path}.${name}`, rule]));
}

/** A value that is wrong in one place. */
export interface BrokenCase {
  readonly value: unknown;
  readonly path: string;
  readonly expected: string;
  readonly found: unknown;
}

/** Every value that is wrong in one place of the given one. */
export function* brokenCases(valid: object, rules: Rules): Generator<BrokenCase> {
  for (const { path, keys } of places(valid, rules)) {
    const { expected, wrong, absent, nullable } = rules[path]!;
    for (const found of [...wrong, ...(nullable ? [] : [null])]) {
      yield { value: put(valid, keys, found), path, expected, found };
    }
    if (!absent) yield { value: take(valid, keys), path, expected, found: undefined };
  }
}

/** Every value that differs from the given one in one place, and is as right. */
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

/**
 * Asserts that the guard takes the value, and refuses it as soon as any one place breaks its rule, with the
 * path of that place as the first fault. The rules have to name every place of the value, and no other.
 */
export function breakEveryLeaf(
  guard: (value: unknown) => boolean,
  valid: object,
  rules: Rules,
): void {
  assertEquals(places(valid, rules).map(({ path }) => path).sort(), Object.keys(rules).sort());
  for (const { value, path, found } of rightCases(valid, rules)) {
    const before = structuredClone(value);
    deepFreeze(value);
    assert(guard(value), `it has to take ${Deno.inspect(found)} at '${path}'`);
    assertEquals(findIssue(guard, value), undefined);
    assertEquals(value, before);
  }
  for (const { value, path, expected, found } of brokenCases(valid, rules)) {
    deepFreeze(value);
    assertFalse(guard(value), `it has to refuse ${Deno.inspect(found)} at '${path}'`);
    assertEquals(findIssue(guard, value), { path, expected, value: found });
  }
  for (const value of [undefined, null, "", "a", 0, true, [], [valid], () => valid]) {
    assertFalse(guard(value), `it has to refuse ${Deno.inspect(value)}`);
    assertEquals(findIssue(guard, value), { path: "", expected: "an object", value });
  }
}

interface Place {
  readonly path: string;
  readonly keys: readonly (string | number)[];
}

/** Every place of the value, from the outside in. */
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
