import { assert, assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import {
  BulkClient,
  isBulkItem,
  isBulkOutput,
  isBulkRequest,
  isBulkResponse,
  type JsonObject,
  PrefactorResponseContractError,
} from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import {
  absentOr,
  ARRAY,
  brokenCases,
  fields,
  list,
  MAP,
  OBJECT,
  oneOf,
  required,
  type Rules,
  STRING,
  testGuards,
  testRequestGuards,
  TIMESTAMP,
} from "./break_every_leaf.ts";

const RESPONSE = {
  status: "success",
  outputs: {
    "key-00001": { status: "success", details: { id: "i-1" } },
    "key-00002": { status: "error", code: "not_found", message: "No such span", errors: {} },
    constructor: { status: "success" },
    ["__proto__"]: { status: "success" },
    length: { status: "success" },
  },
};

const ANYTHING = absentOr({ expected: "anything", wrong: [], right: [null, 0, "", [], {}], opaque: true });
const OUTPUT_STATUS = required(oneOf("success", "error"));

const RESPONSE_RULES: Rules = {
  status: absentOr({ ...STRING, right: ["error", "partial", ""] }),
  outputs: required(MAP),
  "outputs.key-00001": absentOr(OBJECT),
  "outputs.key-00001.status": OUTPUT_STATUS,
  "outputs.key-00001.details": { ...ANYTHING, nullable: true },
  "outputs.key-00002": absentOr(OBJECT),
  "outputs.key-00002.status": OUTPUT_STATUS,
  "outputs.key-00002.code": { ...ANYTHING, nullable: true },
  "outputs.key-00002.message": { ...ANYTHING, nullable: true },
  "outputs.key-00002.errors": { ...ANYTHING, nullable: true },
  "outputs.constructor": absentOr(OBJECT),
  "outputs.constructor.status": OUTPUT_STATUS,
  "outputs.__proto__": absentOr(OBJECT),
  "outputs.__proto__.status": OUTPUT_STATUS,
  "outputs.length": absentOr(OBJECT),
  "outputs.length.status": OUTPUT_STATUS,
};

const ITEM = { _type: "agent_spans/finish", idempotency_key: "key-00001" };
const REQUEST = { items: [ITEM] };

function respondWith(response: unknown): BulkClient {
  return new BulkClient({ request: () => Promise.resolve(response as JsonObject) });
}

const KEY = required({ ...STRING, right: ["12345678", "x".repeat(64), " ~ ~ ~ ~ "] });

testGuards([
  [isBulkOutput, RESPONSE.outputs["key-00002"], {
    status: OUTPUT_STATUS,
    ...fields("code message errors", { ...ANYTHING, nullable: true }),
  }],
  [isBulkResponse, RESPONSE, RESPONSE_RULES],
]);

testRequestGuards([
  [isBulkItem, { ...ITEM, id: "s-1", result_payload: { a: 1 } }, {
    _type: required(STRING),
    idempotency_key: KEY,
    id: { ...ANYTHING, nullable: true },
    result_payload: { ...ANYTHING, nullable: true },
  }],
  [isBulkRequest, { items: [ITEM, { ...ITEM, idempotency_key: "key-00002" }] }, {
    items: required({ ...ARRAY, right: [] }),
    ...list("items", required({ ...ARRAY, right: [] }), OBJECT, 2),
    "items[0]._type": required(STRING),
    "items[0].idempotency_key": KEY,
    "items[1]._type": required(STRING),
    "items[1].idempotency_key": KEY,
  }],
]);

Deno.test("isBulkRequest() rejects items that execute() cannot send, and the issue names them", () => {
  const item = (fields: object) => ({ items: [ITEM, { ...ITEM, idempotency_key: "key-00002", ...fields }] });
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const table: [request: unknown, path: string, expected: string][] = [
    [{ items: [] }, "items", "a non-empty array"],
    [{ items: new Array(1) }, "items[0]", "an object"],
    [
      item({ idempotency_key: ITEM.idempotency_key }),
      "items[1].idempotency_key",
      "different from that of items[0]",
    ],
    ...["", "1234567", "x".repeat(65), "key-é-0001", "key\n-00001", "key-00001\n"].map((key) =>
      [
        item({ idempotency_key: key }),
        "items[1].idempotency_key",
        "8 to 64 printable ASCII characters",
      ] as [unknown, string, string]
    ),
    [item({ timestamp: new Date(Number.NaN) }), "items[1].timestamp", TIMESTAMP.expected],
    [item({ cycle, details: { at: [new Date(8.64e15)] } }), "items[1].details.at[0]", TIMESTAMP.expected],
  ];
  for (const [request, path, expected] of table) {
    assertFalse(isBulkRequest(request), path);
    const issue = findIssue(isBulkRequest, request);
    assertEquals([issue?.path, issue?.expected], [path, expected]);
  }
});

Deno.test("isBulkRequest() does not check that JSON can hold the fields", () => {
  const cycle: Record<string, unknown> = { n: 1n, f: () => 1, at: new Date(0) };
  cycle["self"] = cycle;
  assert(isBulkRequest({ items: [{ ...ITEM, details: cycle }] }));
});

Deno.test("isBulkResponse() accepts a response without outputs", () => {
  assert(isBulkResponse({ status: "success", outputs: {} }));
});

Deno.test("BulkClient.execute() returns the response with its unknown fields", async () => {
  const response = { ...RESPONSE, x_new: [1] };
  assertEquals<unknown>(await respondWith(response).execute(REQUEST), response);
});

Deno.test("BulkClient.execute() names the first invalid field of a response and keeps the body", async () => {
  for (const { value, path, found } of brokenCases(RESPONSE, RESPONSE_RULES)) {
    const error = await assertRejects(
      () => respondWith(value).execute(REQUEST),
      PrefactorResponseContractError,
    );
    assertEquals(error.path, path, Deno.inspect(found));
    assertStringIncludes(error.message, `'${path}'`);
    assertEquals(error.body, value);
  }
});
