import { assertEquals } from "@std/assert";
import { Bounds } from "../../src/testing/collection.ts";

/** Treats a record that ends with a full stop as ended. */
const hasEnded = (record: string) => record.endsWith(".");

/** Creates a collection that records what it drops. */
function setUp(maxRecords: number, maxBytes = Infinity) {
  const bounds = new Bounds(maxRecords, maxBytes);
  const dropped: string[] = [];
  const collection = bounds.createCollection<string>({ hasEnded, onDrop: (record) => dropped.push(record) });
  return { bounds, dropped, collection };
}

Deno.test("Collection.set() adds and replaces records, which keep their order", () => {
  const { collection, dropped } = setUp(10);
  collection.set("b", "1");
  collection.set("a", "2");
  collection.set("b", "3");
  assertEquals([...collection.records], [["b", "3"], ["a", "2"]]);
  assertEquals([collection.get("b"), collection.get("c"), dropped], ["3", undefined, []]);
});

for (
  const [name, keys, kept] of [
    ["the oldest record", ["a", "b", "c", "d"], ["b", "c", "d"]],
    ["the record that was changed least recently", ["a", "b", "c", "a", "d"], ["a", "c", "d"]],
    ["an ended record before an older open one", ["a", "b.", "c", "d"], ["a", "c", "d"]],
    ["the oldest ended record first", ["a.", "b.", "c", "d"], ["b.", "c", "d"]],
  ] as const
) {
  Deno.test(`Collection.set() drops ${name} when the collection is full`, () => {
    const { collection, dropped } = setUp(3);
    for (const key of keys) collection.set(key, key);
    assertEquals([...collection.records.keys()], [...kept]);
    assertEquals(dropped, keys.filter((key) => !(kept as readonly string[]).includes(key)));
  });
}

Deno.test("Collection.getOrCreate() creates a record once and counts as a change", () => {
  const { collection } = setUp(2);
  assertEquals([collection.getOrCreate("a", () => "1"), collection.getOrCreate("a", () => "2")], ["1", "1"]);
  collection.set("b", "3");
  collection.getOrCreate("a", () => "4");
  collection.set("c", "5");
  assertEquals([...collection.records.keys()], ["a", "c"]);
});

Deno.test("Collection.delete() makes room for another record and does not call onDrop", () => {
  const { collection, dropped } = setUp(2);
  collection.set("a", "1");
  collection.set("b", "2");
  collection.delete("a");
  collection.delete("a");
  collection.set("c", "3");
  assertEquals([[...collection.records.keys()], dropped], [["b", "c"], []]);
});

Deno.test("Collection.changesSince() returns what was set and removed since a change", () => {
  const { bounds, collection } = setUp(3);
  assertEquals(collection.changesSince(0), { records: [], removed: [] });
  for (const key of ["a", "b.", "c"]) collection.set(key, key);
  const before = bounds.lastChange;
  assertEquals(collection.changesSince(before), { records: [], removed: [] });
  collection.set("a", "d");
  collection.set("e.", "e.");
  collection.delete("c");
  assertEquals(collection.changesSince(before), { records: ["e.", "d"], removed: ["b.", "c"] });
  assertEquals(collection.changesSince(0), { records: ["e.", "d"], removed: [] });
});

Deno.test("Collection.changesSince() returns undefined if it cannot know what was removed", () => {
  const { bounds, collection } = setUp(1);
  collection.set("a", "a");
  assertEquals(collection.changesSince(0)?.records, ["a"]);
  const before = bounds.lastChange;
  for (let n = 0; n < 19_999; n++) collection.set(`b-${n}`, "b");
  assertEquals(collection.changesSince(before)?.removed.length, 19_999);
  collection.set("c", "c");
  assertEquals(collection.changesSince(before), undefined);
  assertEquals(collection.changesSince(bounds.lastChange), { records: [], removed: [] });
});

Deno.test("Bounds calls onChange for each change", () => {
  let changes = 0;
  const collection = new Bounds(2, Infinity, () => changes++).createCollection<string>();
  for (const key of ["a", "a", "b", "c"]) collection.set(key, key);
  collection.delete("c");
  collection.delete("c");
  assertEquals(changes, 6);
});

Deno.test("Bounds.trim() drops records of all collections by their order until they fit", () => {
  const { bounds, collection, dropped } = setUp(10, 3_000);
  const other = bounds.createCollection<string>();
  const text = "x".repeat(1_000);
  collection.set("a", text);
  other.set("b", text);
  collection.set("c", text + ".");
  bounds.trim();
  assertEquals([dropped, [...other.records.keys()]], [[text + "."], ["b"]]);
  collection.set("d", text);
  bounds.trim();
  assertEquals([[...collection.records.keys()], [...other.records.keys()]], [["d"], ["b"]]);
  collection.set("d", "short");
  collection.set("e", text);
  bounds.trim();
  assertEquals([[...collection.records.keys()], [...other.records.keys()]], [["d", "e"], ["b"]]);
});

Deno.test("Bounds.trim() drops a record that alone is too large", () => {
  const { bounds, collection } = setUp(10, 500);
  collection.set("a", "x".repeat(1_000));
  assertEquals(collection.records.size, 1);
  bounds.trim();
  assertEquals(collection.records.size, 0);
});
