import { assertEquals, assertThrows } from "@std/assert";
import { RawJson } from "../src/raw_json.ts";
import { makeClient, ok } from "./helpers.ts";

Deno.test("RawJson is sent as its text, byte for byte", async () => {
  const text = '{ "cost": 1.0, "big": 12345678901234567890, "name": "\\u00e9" }';
  const { client, sent } = makeClient(ok);
  await client.request("POST", "/x", { json: new RawJson(text) });
  assertEquals(sent.map(({ body }) => body), [text]);
});

Deno.test("RawJson is written by JSON.stringify() like the value of its text, at any depth", () => {
  const value = { a: [1, null, "é"], b: { c: true } };
  const raw = new RawJson(JSON.stringify(value));
  assertEquals(JSON.parse(JSON.stringify(raw)), value);
  assertEquals(JSON.stringify([{ raw }]), JSON.stringify([{ raw: value }]));
});

Deno.test("RawJson.toJSON() throws if the text is not JSON", () => {
  assertThrows(() => new RawJson("{").toJSON(), SyntaxError);
});
