import { assert, assertEquals } from "@std/assert";
import { startOfJson } from "../../src/transport/json_start.ts";

Deno.test("startOfJson() returns a short text as it is", () => {
  for (const json of ["1", '"a"', "[]", '{"a":[1,{"b":"c"}]}']) assertEquals(startOfJson(json), json);
});

const LONG: readonly [name: string, value: unknown, prefix: string][] = [
  ["numbers", Array(300_000).fill(12), "[12,12,"],
  ["integer keys", Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [n, n])), '{"0":0,"1":1,'],
  ["objects", Array.from({ length: 50_000 }, (_, n) => ({ id: n, tags: ["a"] })), '[{"id":0,"tags":["a"]},'],
  [
    "strings with quotes and brackets",
    Array(100_000).fill('a"]}\\'),
    `[${JSON.stringify('a"]}\\')},`,
  ],
  ["levels", JSON.parse("[".repeat(900) + `{"a":[${"1,".repeat(300_000)}1]}` + "]".repeat(900)), "[[["],
];

for (const [name, value, prefix] of LONG) {
  Deno.test(`startOfJson() cuts a long text of ${name} to valid JSON`, () => {
    const json = JSON.stringify(value);
    const start = startOfJson(json);
    assert(start.length < json.length && start.length > 64 * 1024, `${start.length} of ${json.length}`);
    assert(start.startsWith(prefix), start.slice(0, 40));
    JSON.parse(start);
  });
}

Deno.test("startOfJson() reads on after a long string", () => {
  const json = JSON.stringify({ a: "x".repeat(2 ** 20), id: "i-1" });
  assertEquals(JSON.parse(startOfJson(json)).id, "i-1");
});
