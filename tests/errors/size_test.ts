import { assert, assertEquals, assertFalse, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { PrefactorApiError, PrefactorResponseContractError, PrefactorValidationError } from "../../mod.ts";
import { failureOf, json, makeClient, TOKEN } from "../helpers.ts";

const LIMIT = 64 * 1024;

/** Returns the error of a response with this body. */
async function errorOf(
  body: unknown,
  status = 422,
): Promise<PrefactorApiError | PrefactorResponseContractError> {
  const { client } = makeClient(() => json(body, status), { maxRetries: 0 });
  const error = await failureOf(client.agentSpans.finish("s-1"));
  assert(error instanceof PrefactorApiError || error instanceof PrefactorResponseContractError);
  return error;
}

function assertSmall(error: PrefactorApiError | PrefactorResponseContractError): void {
  assertLessOrEqual(JSON.stringify(error.body).length, LIMIT);
  assertLessOrEqual(error.message.length, LIMIT);
  assertLessOrEqual(JSON.stringify(error).length, LIMIT + error.message.length + 1_000);
  assertFalse(Deno.inspect(error, { depth: 20, strAbbreviateSize: Infinity }).includes(TOKEN));
}

const MEGABYTE = "x".repeat(2 ** 20);

Deno.test("an error of a large response keeps at most 64 KiB of it", async (t) => {
  const bodies: [name: string, body: Record<string, unknown>][] = [
    ["a long message", { code: "c", message: MEGABYTE }],
    ["a long code", { code: MEGABYTE, message: "m" }],
    ["many fields", {
      errors: Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`field${n}`, { message: "bad" }])),
    }],
    ["a long key", { errors: { [MEGABYTE]: { message: "bad" } } }],
    ["many items", { items: Array.from({ length: 100_000 }, (_, n) => n) }],
    ["texts that JSON escapes", { message: "\u0001".repeat(2 ** 20) }],
    ["many short texts", { items: Array(100_000).fill("abcdefgh") }],
    ["many nested items", { items: Array(20_000).fill([[[["a", "b"], "c"], "d"], "e"]) }],
    ["the token again and again", { message: `${TOKEN} `.repeat(5_000) }],
  ];
  for (const [name, body] of bodies) {
    await t.step(name, async () => {
      assertSmall(await errorOf(body));
      assertSmall(await errorOf(body, 200));
    });
  }
});

Deno.test("long texts are cut before fields are omitted, so that IDs are kept", async () => {
  const error = await errorOf({
    status: "success",
    details: { payload: { a: MEGABYTE, b: MEGABYTE }, id: "s-1" },
  }, 200);
  const { details } = error.body as { details: { payload: { a: string; b: string }; id: string } };
  assertEquals(details.id, "s-1");
  for (const text of [details.payload.a, details.payload.b]) assert(/^x+\[cut\]$/.test(text));
});

Deno.test("omitted parts are marked", async () => {
  const error = await errorOf({ items: Array.from({ length: 100_000 }, () => ({ a: 1 })) });
  const { items } = error.body as { items: unknown[] };
  assertEquals(items.at(-1), "[cut]");
});

Deno.test("a response of up to 64 KiB is kept as it is", async () => {
  const body = { code: "c", message: "m", errors: { a: { message: "x".repeat(60_000) } } };
  const error = await errorOf(body);
  assertInstanceOf(error, PrefactorValidationError);
  assertEquals(error.body, body);
  assertEquals<object>(error.errors, body.errors);
});

Deno.test("a field called __proto__ in a response changes no prototype", async () => {
  const text = '{"code":"c","message":"m","errors":{"__proto__":{"polluted":{"message":"x"}}}}';
  const { client } = makeClient(() => new Response(text, { status: 422 }));
  const error = await failureOf(client.request("GET", "/x"));
  assertInstanceOf(error, PrefactorValidationError);
  assertEquals(JSON.stringify(error.errors), '{"__proto__":{"polluted":{"message":"x"}}}');
  assertEquals("polluted" in error.errors, false);
});
