import { assert, assertEquals } from "@std/assert";
import { isDeeperThan, sizeOf } from "../../src/testing/measure.ts";

for (
  const [value, levels] of [
    [1, 0],
    ["text", 0],
    [null, 0],
    [{}, 1],
    [{ a: 1, b: [] }, 2],
    [[[], [[{}]], 1], 4],
  ] as const
) {
  Deno.test(`isDeeperThan() counts ${levels} levels in ${JSON.stringify(value)}`, () => {
    assertEquals([isDeeperThan(levels, value), isDeeperThan(levels - 1, value)], [false, levels > 0]);
  });
}

Deno.test("isDeeperThan() and sizeOf() measure a value of 100,000 levels", () => {
  const value: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  assert(isDeeperThan(99_999, value) && !isDeeperThan(100_000, value));
  assert(sizeOf(value) >= 100_000 * 8);
});

Deno.test("sizeOf() is at least the length of the JSON text", () => {
  const values = [
    "text".repeat(1_000),
    { ["key".repeat(1_000)]: "" },
    Array(1_000).fill(12),
    [{ a: true, b: null, c: 1.5 }, [], {}],
  ];
  for (const value of values) {
    assert(sizeOf(value) >= JSON.stringify(value).length, JSON.stringify(value).slice(0, 40));
  }
});
