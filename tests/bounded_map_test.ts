import { assertEquals } from "@std/assert";
import { BoundedMap } from "../src/bounded_map.ts";

/** Returns the keys that the map contains. */
function keysIn(map: BoundedMap<number>, keys: string): string {
  return [...keys].filter((key) => map.get(key) !== undefined).join("");
}

/** Creates a map of at most three entries, and sets the keys in order. */
function mapOf(keys: string): BoundedMap<number> {
  const map = new BoundedMap<number>(3);
  [...keys].forEach((key, index) => map.set(key, index));
  return map;
}

Deno.test("BoundedMap.set() deletes the oldest key if there are too many", () => {
  const table: [set: string, kept: string][] = [
    ["", ""],
    ["abc", "abc"],
    ["abcd", "bcd"],
    ["abcde", "cde"],
    ["abcdefghij", "hij"],
    ["abca", "abc"],
    ["abcad", "bcd"],
    ["abcda", "cda"],
  ];
  for (const [set, kept] of table) {
    assertEquals(keysIn(mapOf(set), "abcdefghij"), [...kept].sort().join(""), set);
  }
});

Deno.test("BoundedMap.set() replaces the value of a key", () => {
  const map = mapOf("ab");
  map.set("a", 7);
  assertEquals([map.get("a"), map.get("b"), map.get("c")], [7, 1, undefined]);
});

Deno.test("BoundedMap.delete() makes room for another key", () => {
  const map = mapOf("abc");
  map.delete("b");
  map.delete("x");
  map.set("d", 3);
  assertEquals(keysIn(map, "abcd"), "acd");
  map.set("e", 4);
  assertEquals(keysIn(map, "abcde"), "cde");
});

Deno.test("BoundedMap.set() keeps an old key while others come and go", () => {
  const map = mapOf("a");
  for (let index = 0; index < 10; index++) {
    map.set("b", index);
    map.delete("b");
  }
  assertEquals(keysIn(map, "ab"), "a");
});

Deno.test("BoundedMap.set() treats a key that was deleted and set again as new", () => {
  const map = mapOf("abc");
  map.delete("a");
  map.set("a", 3);
  map.set("d", 4);
  assertEquals(keysIn(map, "abcd"), "acd");
});

Deno.test("BoundedMap.clear() deletes all keys, and the map can be used again", () => {
  const map = mapOf("abcde");
  map.clear();
  assertEquals(keysIn(map, "abcde"), "");
  for (const key of "cdefg") map.set(key, 0);
  assertEquals(keysIn(map, "abcdefg"), "efg");
});
