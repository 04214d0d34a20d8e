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
import {
  absentOr,
  ARRAY,
  breakEveryLeaf,
  brokenCases,
  MAP,
  OBJECT,
  oneOf,
  OPAQUE,
  required,
  type Rules,
  STRING,
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

function answering(answer: unknown): BulkClient {
  return new BulkClient({ request: () => Promise.resolve(answer as JsonObject) });
}

Deno.test("isBulkItem() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isBulkItem, { ...ITEM, id: "s-1", result_payload: { a: 1 } }, {
    _type: required(STRING),
    idempotency_key: required(STRING),
    id: { ...ANYTHING, nullable: true },
    result_payload: { ...required(OPAQUE), absent: true, nullable: true, wrong: [] },
  });
});

Deno.test("isBulkRequest() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isBulkRequest, { items: [ITEM, { ...ITEM, idempotency_key: "key-00002" }] }, {
    items: required({ ...ARRAY, right: [[]] }),
    "items[0]": absentOr(OBJECT),
    "items[0]._type": required(STRING),
    "items[0].idempotency_key": required(STRING),
    "items[1]": absentOr(OBJECT),
    "items[1]._type": required(STRING),
    "items[1].idempotency_key": required(STRING),
  });
});

Deno.test("isBulkRequest() refuses an array with a hole, which JSON would fill with null", () => {
  assertFalse(isBulkRequest({ items: new Array(1) }));
});

Deno.test("isBulkOutput() looks at the status alone", () => {
  breakEveryLeaf(isBulkOutput, RESPONSE.outputs["key-00002"], {
    status: OUTPUT_STATUS,
    code: { ...ANYTHING, nullable: true },
    message: { ...ANYTHING, nullable: true },
    errors: { ...ANYTHING, nullable: true },
  });
});

Deno.test("isBulkResponse() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isBulkResponse, RESPONSE, RESPONSE_RULES);
});

Deno.test("isBulkResponse() takes an answer without any output", () => {
  assert(isBulkResponse({ status: "success", outputs: {} }));
});

Deno.test("BulkClient.execute() gives back the answer as it came, with what it does not know", async () => {
  const answer = { ...RESPONSE, x_new: [1] };
  assertEquals<unknown>(await answering(answer).execute(REQUEST), answer);
});

Deno.test("BulkClient.execute() names the first wrong field of an answer and keeps the answer", async () => {
  for (const { value, path, found } of brokenCases(RESPONSE, RESPONSE_RULES)) {
    const error = await assertRejects(
      () => answering(value).execute(REQUEST),
      PrefactorResponseContractError,
    );
    assertEquals(error.path, path, Deno.inspect(found));
    assertStringIncludes(error.message, `'${path}'`);
    assertEquals(error.body, value);
  }
});
