import { assertEquals } from "@std/assert";
import { checkJsonSchema } from "../../src/testing/json_schema.ts";

for (
  const [schema, payload, mismatches] of [
    [{}, { a: 1 }, []],
    [{ type: "object" }, {}, []],
    [{ type: "array" }, {}, ["It must be of type array"]],
    [{ type: ["object", "null"] }, null, []],
    [{ type: ["string", "null"] }, {}, ["It must be of type string or null"]],
    [{ required: ["a", "b"] }, { a: undefined }, ["b is required"]],
    [{ properties: { a: { type: "string" } } }, {}, []],
    [{ properties: { a: { type: "string" } } }, { a: 1 }, ["a must be of type string"]],
    [{ properties: { a: { type: "number" } } }, { a: 1.5 }, []],
    [{ properties: { a: { type: "integer" } } }, { a: 1.5 }, ["a must be of type integer"]],
    [{ properties: { a: { type: "boolean" } } }, { a: "true" }, ["a must be of type boolean"]],
    [{ properties: { a: { type: "null" } } }, { a: null }, []],
    [{ properties: { a: { type: "colour" } } }, { a: 1 }, []],
    [{ properties: { a: { enum: ["x", 1, { b: [1] }] } } }, { a: { b: [1] } }, []],
    [{ properties: { a: { enum: ["x", 1] } } }, { a: "1" }, ['a must be one of "x", 1']],
    [{ properties: { a: { enum: [{ b: 1 }] } } }, { a: { b: 1, c: 2 } }, ['a must be one of {"b":1}']],
    [{ properties: { a: { enum: [[1, 2]] } } }, { a: [1] }, ["a must be one of [1,2]"]],
    [{ properties: { a: { items: { type: "string" } } } }, { a: ["x", 1] }, ["a[1] must be of type string"]],
    [{ properties: { a: { properties: { b: { required: ["c"] } } } } }, { a: { b: {} } }, [
      "a.b.c is required",
    ]],
    [{ properties: 1, required: "a", items: [], enum: "x", type: 5 }, { a: 1 }, []],
  ] as const
) {
  Deno.test(`checkJsonSchema() checks ${JSON.stringify(payload)} against ${JSON.stringify(schema)}`, () => {
    // deno-lint-ignore no-explicit-any
    assertEquals(checkJsonSchema(payload, schema as any), [...mismatches]);
  });
}
