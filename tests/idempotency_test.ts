import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError } from "../mod.ts";
import {
  createIdempotencyKey,
  isKeyText,
  MAX_KEY_LENGTH,
  MAX_KEY_PREFIX_LENGTH,
} from "../src/idempotency.ts";
import { failure, inTurn, json, makeClient, ok, settle } from "./helpers.ts";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

const SPAN = {
  type: "agent_span",
  id: "s-1",
  agent_instance_id: "i-1",
  schema_name: "agent:llm",
  status: "complete",
};

Deno.test("createIdempotencyKey() returns a random UUID with an optional prefix", () => {
  assertMatch(createIdempotencyKey(), new RegExp(`^${UUID}$`));
  assertMatch(createIdempotencyKey("nightly run"), new RegExp(`^nightly run-${UUID}$`));
});

Deno.test("createIdempotencyKey() returns a new key each time", () => {
  const keys = Array.from({ length: 1_000 }, () => createIdempotencyKey("p"));
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("createIdempotencyKey() fits the longest prefix into the longest key", () => {
  assertEquals([MAX_KEY_LENGTH, MAX_KEY_PREFIX_LENGTH], [64, 27]);
  assertEquals(createIdempotencyKey("p".repeat(MAX_KEY_PREFIX_LENGTH)).length, MAX_KEY_LENGTH);
});

Deno.test("isKeyText() rejects text that is empty or too long", () => {
  const lengths = [0, 1, 26, 27, 28].map((length) => isKeyText("p".repeat(length), MAX_KEY_PREFIX_LENGTH));
  assertEquals(lengths, [false, true, true, true, false]);
});

Deno.test("PrefactorHttpClient.request() sends a key with every POST, and with other methods if one is passed", async () => {
  const table: [method: string, key: string | null | undefined, sent: RegExp | null][] = [
    ["POST", undefined, new RegExp(`^nightly-${UUID}$`)],
    ["POST", "my-key", /^my-key$/],
    ["POST", null, null],
    ["GET", undefined, null],
    ["PUT", undefined, null],
    ["PATCH", undefined, null],
    ["DELETE", undefined, null],
    ["DELETE", "my-key", /^my-key$/],
  ];
  for (const [method, idempotencyKey, expected] of table) {
    const { client, sent } = makeClient(ok, { defaultIdempotencyKey: "nightly" });
    await client.request(method, "/api/v1/ping", { idempotencyKey });
    const key = sent[0]!.headers.get("idempotency-key");
    if (expected === null) assertEquals(key, null, `${method} ${idempotencyKey}`);
    else assertMatch(key ?? "", expected);
    assertEquals(sent[0]!.body, null);
  }
});

Deno.test("PrefactorHttpClient accepts a key of 1 to 64 characters that are valid in a header", async () => {
  const { client, sent } = makeClient(() => json({ status: "success", details: SPAN }));
  for (const key of ["k", "k".repeat(64), "a b", "!~", "key:1/2?x=#", crypto.randomUUID()]) {
    await client.request("POST", "/api/v1/ping", { idempotencyKey: key });
    await client.agentSpans.finish("s-1", { idempotency_key: key });
    const [request, finish] = sent.splice(0);
    assertEquals(request!.headers.get("idempotency-key"), key);
    assertEquals(finish!.headers.get("idempotency-key"), key);
    assertEquals(JSON.parse(finish!.body!), { idempotency_key: key });
  }
});

Deno.test("PrefactorHttpClient.request() rejects any other key and names the field, the expected and the actual value", async () => {
  const table: [key: unknown, given: string][] = [
    ["", '""'],
    ["k".repeat(65), `"${"k".repeat(60)}…"`],
    [" k", '" k"'],
    ["k ", '"k "'],
    [" ", '" "'],
    ["a\nb", '"a\\nb"'],
    ["a\r\nX-Evil: 1", '"a\\r\\nX-Evil: 1"'],
    ["a\u0000b", '"a\\u0000b"'],
    ["schlüssel\u0100", '"schlüssel\u0100"'],
    [7, "7"],
    [["k"], "an array of 1 item"],
    [{}, "an object"],
  ];
  const { client, sent } = makeClient(ok);
  for (const [key, given] of table) {
    const error = await assertRejects(
      () => client.request("POST", "/api/v1/ping", { idempotencyKey: key as string }),
      PrefactorClientError,
    );
    assertStringIncludes(error.message, "'idempotencyKey' must be 1 to 64");
    assertStringIncludes(error.message, `but is ${given}`);
  }
  assertEquals(sent.length, 0);
});

Deno.test("PrefactorHttpClient sends the same key and bytes for all attempts of a call, and a new key for each call", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(
    inTurn(
      () => failure(503),
      () => failure(429),
      () => Promise.reject(new TypeError("reset")),
      () => json({ status: "success", details: SPAN }),
    ),
  );
  await settle(time, client.agentSpans.finish("s-1", { result_payload: { at: 1 } }));
  await settle(time, client.agentSpans.finish("s-1"));
  const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
  assertEquals(keys.length, 5);
  assertEquals(new Set(keys.slice(0, 4)).size, 1);
  assertEquals(new Set(sent.slice(0, 4).map(({ body }) => body)).size, 1);
  assertEquals(JSON.parse(sent[0]!.body!)["idempotency_key"], keys[0]);
  assertEquals(new Set(keys).size, 2);
});

Deno.test("PrefactorHttpClient.createIdempotencyKey() returns a key with the client's prefix", () => {
  const { client } = makeClient(ok, { defaultIdempotencyKey: "nightly" });
  assertMatch(client.createIdempotencyKey(), new RegExp(`^nightly-${UUID}$`));
  assertMatch(makeClient(ok).client.createIdempotencyKey(), new RegExp(`^${UUID}$`));
});
