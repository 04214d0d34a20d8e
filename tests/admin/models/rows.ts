/**
 * Table rows for the tests of the administration models.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import * as admin from "@prefactor/http/admin";
import {
  absentOr,
  ARRAY,
  DATE_TIME,
  fields,
  type GuardRow,
  OPEN_ENUM,
  optional,
  required,
  type Rules,
  STRING,
  testGuards,
  testRequestGuards,
} from "../../models/break_every_leaf.ts";

/** The timestamps of most records. */
export const TIMES = "inserted_at updated_at";
/** The name of the idempotency key. */
export const KEY = "idempotency_key";

const ANY = { ...absentOr({ expected: "", wrong: [], right: [1, "1", true, [], {}] }), nullable: true };

/** The fields that the versions of agents and of schemas share. */
export const VERSION = {
  external_identifier_repeats: true,
  current_agent_deployment_refs: [{ id: "d-1" }, "d-2"],
};
/** The rules of {@linkcode VERSION}. */
export const VERSION_RULES: Rules = {
  external_identifier_repeats: ANY,
  current_agent_deployment_refs: optional({ ...ARRAY, opaque: true }),
};

/** Returns an example with these strings, and their rules. */
function strings(names: string, rule = optional(STRING)): { valid: object; rules: Rules } {
  return {
    valid: Object.fromEntries(names.split(" ").map((name) => [name, "x"])),
    rules: fields(names, rule),
  };
}

/** Returns the row of a model in responses: its strings, its date-times, and the rest. */
export function response(
  guard: GuardRow[0],
  names: string,
  times: string,
  rest: object = {},
  restRules: Rules = {},
): GuardRow {
  const { valid, rules } = strings(names, optional(OPEN_ENUM));
  const at = times === "" ? [] : times.split(" ").map((name) => [name, "2024-05-06T07:08:09Z"]);
  return [
    guard,
    { id: "x-1", ...valid, ...Object.fromEntries(at), ...rest },
    {
      id: required(STRING),
      ...rules,
      ...(times === "" ? {} : fields(times, optional(DATE_TIME))),
      ...restRules,
    },
  ];
}

/** Returns the row of a model in requests: its required strings, its optional ones, and the rest. */
export function request(
  guard: GuardRow[0],
  needed: string,
  more: string,
  rest: object = {},
  restRules: Rules = {},
): GuardRow {
  const [a, b] = [strings(needed, required(STRING)), strings(more)];
  return [
    guard,
    { ...(needed && a.valid), ...(more && b.valid), ...rest },
    { ...(needed ? a.rules : {}), ...(more ? b.rules : {}), ...restRules },
  ];
}

/** Registers the tests of a file's guards, and a test that each guard has a row and is exported. */
export function testModels(
  models: object,
  { responses = [], requests = [] }: {
    responses?: readonly GuardRow[];
    requests?: readonly GuardRow[];
  },
): void {
  testGuards(responses);
  testRequestGuards(requests);
  Deno.test("every guard of the file has a row and is exported", () => {
    const guards = Object.entries(models).filter(([name]) => /^is[A-Z]/.test(name));
    const tested = [...responses, ...requests].map(([guard]) => guard.name);
    assertEquals(tested.sort(), guards.map(([name]) => name).sort());
    for (const [name, guard] of guards) assertStrictEquals((admin as Record<string, unknown>)[name], guard);
  });
}
