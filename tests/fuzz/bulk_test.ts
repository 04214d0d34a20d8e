import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { type BulkRequest, PrefactorClientError } from "../../mod.ts";
import { json, makeClient, outcome } from "../helpers.ts";
import { anything, fc, property } from "./setup.ts";

const keys = fc.oneof(
  { arbitrary: fc.stringMatching(/^[a-z0-9-]{8,64}$/), weight: 8 },
  { arbitrary: fc.constantFrom("register-0001", "register-0002", "x".repeat(8), "x".repeat(64)), weight: 4 },
  { arbitrary: fc.constantFrom("x".repeat(7), "x".repeat(65), ""), weight: 1 },
  { arbitrary: fc.string({ maxLength: 70, unit: "binary-ascii" }), weight: 1 },
);

const items = fc.array(
  fc.record({
    _type: fc.string(),
    idempotency_key: keys,
    details: fc.option(fc.jsonValue(), { nil: undefined }),
    more: fc.jsonValue(),
  }, { requiredKeys: ["_type", "idempotency_key"] }),
  { maxLength: 12 },
);

/** Returns the first invalid field as the message names it, or `undefined` if all fields are valid. */
function invalidFieldOf(items: readonly { idempotency_key: string }[]): string | undefined {
  if (items.length === 0) return "'items'";
  const keys = items.map(({ idempotency_key: key }) => key);
  const malformed = keys.findIndex((key) => !/^[ -~]{8,64}$/.test(key));
  const invalid = malformed < 0 ? keys.findIndex((key, index) => keys.indexOf(key) < index) : malformed;
  return invalid < 0 ? undefined : `'items[${invalid}].idempotency_key'`;
}

property("BulkClient.execute() sends a valid request or names the first invalid item", [
  items,
], async (items) => {
  const request = { items } as BulkRequest;
  const before = fc.stringify(request);
  const outputs = Object.fromEntries(items.map(({ idempotency_key: key }) => [key, { status: "success" }]));
  const { client, sent } = makeClient(() => json({ status: "success", outputs }), { maxRetries: 0 });
  const invalidField = invalidFieldOf(items);
  const call = client.bulk.execute(request);
  if (invalidField === undefined) {
    assertEquals((await call).outputs, JSON.parse(JSON.stringify(outputs)));
    assertStrictEquals(sent[0]!.body, JSON.stringify(request));
    assert(sent[0]!.headers.get("idempotency-key"));
  } else {
    const { error } = await outcome(call);
    assertInstanceOf(error, PrefactorClientError);
    assertStringIncludes(error.message, invalidField);
    assertEquals(sent.length, 0);
  }
  assertStrictEquals(fc.stringify(request), before, "the request has changed");
});

property("BulkClient.execute() sends any request or rejects it", [
  fc.oneof(anything(), fc.array(anything()).map((items) => ({ items }))),
  items,
  anything(),
], async (odd, items, by) => {
  const withOdd = { items: items.map((item, index) => index === 0 ? { ...item, odd: by } : item) };
  for (const request of [odd, withOdd]) {
    const { client, sent } = makeClient(() => json({ outputs: {} }), { maxRetries: 0 });
    const { error } = await outcome(client.bulk.execute(request as BulkRequest));
    if (error === undefined) assertStrictEquals(sent[0]!.body, JSON.stringify(request));
    else assertInstanceOf(error, PrefactorClientError, String(error));
    assertEquals(sent.length, error === undefined ? 1 : 0);
  }
});
