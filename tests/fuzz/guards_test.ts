import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import * as mod from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import { type Model, MODELS } from "./models.ts";
import { nearlyDateTimes } from "./oracle.ts";
import { anything, fc, property } from "./setup.ts";

/** The location of a value in an object or an array. */
type Place = [holder: object, key: PropertyKey];

/** Returns the location of every value in plain objects and arrays, outer values first. */
function placesIn(value: unknown, seen = new Set<unknown>()): Place[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  if (!Array.isArray(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return [];
  seen.add(value);
  return Reflect.ownKeys(value).filter((key) => key !== "length").flatMap((key) => [
    [value, key] as Place,
    ...placesIn(Reflect.get(value, key), seen),
  ]);
}

/** A change of one location in a valid value. */
interface Change {
  readonly place: number;
  readonly how: "delete" | "replace" | "add";
  readonly by: unknown;
}

function changed(value: unknown, changes: readonly Change[]): unknown {
  for (const { place, how, by } of changes) {
    const places = placesIn(value);
    if (places.length === 0) return by;
    const [holder, key] = places[place % places.length]!;
    if (how === "delete") Reflect.deleteProperty(holder, key);
    else Reflect.set(holder, how === "add" ? `${String(key)}_more` : key, by);
  }
  return value;
}

function values({ kind }: Model): fc.Arbitrary<unknown> {
  const change = fc.record({
    place: fc.nat(),
    how: fc.constantFrom("delete", "replace", "add"),
    by: fc.oneof(anything(), kind.good, nearlyDateTimes(), fc.constantFrom(null, undefined)),
  }) as fc.Arbitrary<Change>;
  return fc.oneof(
    { arbitrary: fc.tuple(kind.good, fc.array(change, { minLength: 1, maxLength: 3 })), weight: 6 },
    { arbitrary: fc.tuple(kind.good, fc.constant([])), weight: 2 },
    { arbitrary: fc.tuple(anything(), fc.constant([])), weight: 1 },
  ).map(([value, changes]) => changed(value, changes));
}

for (const model of MODELS) {
  const { name, guard, kind } = model;
  property(`${name}() accepts what its interface allows, and findIssue() names the first invalid field`, [
    values(model),
  ], (value) => {
    const before = fc.stringify(value);
    const [path] = kind.issues(value, "");
    assertStrictEquals(guard(value), path === undefined, before);
    // These two see class instances and cycles, and neither requests nor responses are checked with them.
    if (name !== "isJsonValue" && name !== "isJsonObject") {
      const found = findIssue(guard, value);
      assertStrictEquals(found?.path, path, before);
      assertNotEquals(found?.expected, "");
    }
    assertStrictEquals(fc.stringify(value), before, "the value has changed");
  });
}

Deno.test("every exported guard of a model is fuzzed", () => {
  const others = ["isPrefactorHttpError", "isTransientHttpError", "isPermanentHttpError"];
  const exported = Object.keys(mod).filter((name) => /^is[A-Z]/.test(name) && !others.includes(name));
  const fuzzed = new Set(MODELS.map(({ name }) => name));
  assertEquals(exported.filter((name) => !fuzzed.has(name)), []);
});
