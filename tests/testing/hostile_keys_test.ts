/** Tests of keys in requests that would change prototypes if they were assigned. */

import { assertEquals } from "@std/assert";
import { Caller, codesOf, REGISTRATION, SPAN } from "./helpers.ts";

const PROTOTYPES = [Object, Function, Array, String, Map, Error].map((type) => type.prototype as object);

// Deno has removed this accessor, Node and Bun have it.
Object.defineProperty(Object.prototype, "__proto__", {
  configurable: true,
  get() {
    return Object.getPrototypeOf(this);
  },
  set(prototype: unknown) {
    if (typeof prototype === "object") Object.setPrototypeOf(this, prototype);
  },
});

/** Returns every property of the prototypes, including their own prototypes. */
function snapshot(): unknown {
  return PROTOTYPES.map((prototype) => [
    Object.getPrototypeOf(prototype),
    Object.entries(Object.getOwnPropertyDescriptors(prototype)),
  ]);
}

/** Parses JSON, in which `__proto__` is a key like any other. */
function parse(text: string): Record<string, unknown> {
  return JSON.parse(text);
}

const KEYS = [
  "__proto__",
  "__proto__.x",
  "constructor.prototype.get",
  "a.__proto__.b",
  "[0].__proto__",
  "toString",
  "a.b",
];

for (const key of KEYS) {
  const name = JSON.stringify(key);

  Deno.test(`sandbox.fetch() keeps the prototypes when ${name} is a key of a body`, async () => {
    const before = snapshot();
    const caller = new Caller();
    const invalid = parse(`{${name}: 5}`);
    const valid = parse(`{${name}: {"type": "object"}}`);
    for (const field of ["span_schemas", "span_result_schemas"]) {
      const { status, json } = await caller.post("agent_instance/register", {
        ...REGISTRATION,
        agent_schema_version: { [field]: invalid },
      });
      assertEquals(status, 422);
      assertEquals(codesOf(json.errors), {
        agent_schema_version: { [field]: Object.fromEntries([[key, "invalid"]]) },
      });
    }
    const id = await caller.start({
      agent_version: valid,
      agent_schema_version: { span_schemas: valid, ...valid },
    });
    const span = await caller.createSpan(id, { schema_name: key, payload: valid, ...valid });
    assertEquals([span.status, span.json.details.payload, span.json.details.schema_mismatches], [
      200,
      valid,
      undefined,
    ]);
    const person = await caller.post("person", {
      details: { name: "Ada", email: "a@b", ...valid },
      ...valid,
    });
    assertEquals(person.status, 200);
    assertEquals(snapshot(), before);
  });

  Deno.test(`sandbox.fetch() keeps the prototypes when ${name} is a key of a query, path or bulk item`, async () => {
    const before = snapshot();
    const caller = new Caller();
    const id = await caller.start();
    const encoded = encodeURIComponent(key);
    for (const query of [`${encoded}=1`, `sorting[field]=${encoded}`]) {
      assertEquals((await caller.get(`agent_spans?agent_instance_id=${id}&${query}`)).status, 200);
    }
    assertEquals((await caller.get(`agent_spans/${encoded}`)).status, 404);
    assertEquals((await caller.get(encoded)).status, 404);
    const item = { _type: "agent_spans/create", agent_instance_id: id, ...SPAN, ...parse(`{${name}: {}}`) };
    const itemKey = key.padEnd(8, "_");
    const { json } = await caller.post("bulk", {
      items: [{ ...item, idempotency_key: itemKey }, { _type: key, idempotency_key: "other-key" }],
    });
    assertEquals(Object.keys(json.outputs), [itemKey, "other-key"]);
    assertEquals(json.outputs["other-key"].status, "error");
    assertEquals(snapshot(), before);
  });
}

Deno.test("sandbox.requests has a header named __proto__", async () => {
  const before = snapshot();
  const caller = new Caller();
  await caller.send("GET", "/api/v1/ping", undefined, [["__proto__", "x"], ["constructor", "y"]]);
  const { headers } = caller.sandbox.requests[0]!;
  assertEquals(Object.entries(headers).filter(([name]) => name !== "authorization"), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  assertEquals(snapshot(), before);
});
