import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  AGENT_STATUSES,
  FINISH_STATUSES,
  isAgentSpan,
  isAgentStatus,
  isApiResponse,
  isFinishStatus,
  isIdempotentRequest,
  isJsonObject,
  isJsonValue,
} from "../../mod.ts";
import {
  fields,
  literal,
  OBJECT,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  STRING,
  testGuards,
  testRequestGuards,
} from "./break_every_leaf.ts";

const NO_STATUSES = ["", "Active", "active ", "paused", null, undefined, 0, ["active"], { active: 1 }];

/** Nests arrays or objects far deeper than the call stack. */
function nested(wrap: (inner: unknown) => unknown, innermost: unknown): unknown {
  let value = innermost;
  for (let depth = 0; depth < 100_000; depth++) value = wrap(value);
  return value;
}

Deno.test("AGENT_STATUSES and FINISH_STATUSES list every status", () => {
  assertEquals([...AGENT_STATUSES], ["pending", "active", "complete", "failed", "cancelled", "terminated"]);
  assertEquals([...FINISH_STATUSES], ["complete", "failed", "cancelled"]);
});

Deno.test("isAgentStatus() accepts the statuses of its list and nothing else", () => {
  for (const status of AGENT_STATUSES) assert(isAgentStatus(status), status);
  for (const other of NO_STATUSES) assertFalse(isAgentStatus(other), Deno.inspect(other));
});

Deno.test("isFinishStatus() accepts the statuses of its list and nothing else", () => {
  for (const status of FINISH_STATUSES) assert(isFinishStatus(status), status);
  for (const other of [...NO_STATUSES, "pending", "active", "terminated"]) {
    assertFalse(isFinishStatus(other), Deno.inspect(other));
  }
});

Deno.test("isJsonValue() accepts all values that JSON can hold", () => {
  const shared = { a: 1 };
  const table: unknown[] = [
    null,
    true,
    false,
    0,
    -0,
    -1.5,
    Number.MAX_VALUE,
    "",
    "é\ud83d\ude00",
    [],
    {},
    [null, [true, { a: "b" }]],
    { a: undefined, b: { c: [] } },
    Object.assign(Object.create(null), { a: 1 }),
    [shared, shared, { again: shared }],
    JSON.parse('{ "__proto__": { "a": 1 }, "constructor": null }'),
    nested((inner) => [inner], 1),
    nested((inner) => ({ inner }), {}),
  ];
  for (const value of table) assert(isJsonValue(value), Deno.inspect(value));
});

Deno.test("isJsonValue() rejects values that JSON cannot hold, at any depth", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = { again: [cycle] };
  const loop: unknown[] = [];
  loop.push(loop);
  const table: unknown[] = [
    undefined,
    1n,
    Number.NaN,
    Infinity,
    -Infinity,
    Symbol("a"),
    () => 1,
    new Date(0),
    new Map(),
    new Set(),
    /a/,
    new Uint8Array(1),
    new (class A {})(),
    Object.create({ a: 1 }),
    new String("a"),
    cycle,
    loop,
  ];
  for (const value of table) {
    assertFalse(isJsonValue(value), Deno.inspect(value));
    assertFalse(isJsonValue([0, [value]]), Deno.inspect(value));
    if (value !== undefined) assertFalse(isJsonValue({ a: { b: value, c: 0 }, d: 0 }), Deno.inspect(value));
  }
  assertFalse(isJsonValue(nested((inner) => [inner], 1n)));
});

Deno.test("isJsonObject() accepts only JSON objects", () => {
  for (const value of [{}, { a: [null, { b: 1 }] }]) assert(isJsonObject(value), Deno.inspect(value));
  for (const value of [null, undefined, [], "a", 1, true, { a: 1n }, { a: [Number.NaN] }, new Date(0)]) {
    assertFalse(isJsonObject(value), Deno.inspect(value));
  }
});

function isAnyApiResponse(value: unknown): boolean {
  return isApiResponse(value);
}

function isApiResponseOfSpan(value: unknown): boolean {
  return isApiResponse(value, isAgentSpan);
}

testGuards([
  [isAnyApiResponse, { status: "success", details: { id: "s-1" } }, {
    status: required(literal("success")),
    details: required(OPAQUE),
  }],
  [
    isApiResponseOfSpan,
    {
      status: "success",
      details: {
        type: "agent_span",
        id: "s-1",
        agent_instance_id: "i-1",
        schema_name: "a",
        status: "active",
      },
    },
    {
      status: required(literal("success")),
      details: required(OBJECT),
      "details.type": required(literal("agent_span")),
      ...fields("details.id details.agent_instance_id details.schema_name", required(STRING)),
      "details.status": required(OPEN_ENUM),
    },
  ],
]);

testRequestGuards([
  [isIdempotentRequest, { idempotency_key: "k-1" }, { idempotency_key: optional(STRING) }],
]);
