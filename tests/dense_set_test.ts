import { assertEquals } from "@std/assert";
import { DenseSet, type Entry } from "../src/dense_set.ts";

function membersOf<T>(set: DenseSet<T>): T[] {
  return Array.from(set.entries(), ({ value }) => value);
}

Deno.test("DenseSet.add() adds a member, even if it is equal to another one", () => {
  const set = new DenseSet<string>();
  assertEquals([set.size, membersOf(set)], [0, []]);
  set.add("a");
  set.add("a");
  assertEquals([set.size, membersOf(set)], [2, ["a", "a"]]);
});

Deno.test("DenseSet.delete() deletes one member, wherever it is", () => {
  for (const deleted of ["a", "b", "c", "d"]) {
    const set = new DenseSet<string>();
    const entries = ["a", "b", "c", "d"].map((value) => set.add(value));
    set.delete(entries.find(({ value }) => value === deleted)!);
    assertEquals(set.size, 3);
    assertEquals(membersOf(set).sort(), ["a", "b", "c", "d"].filter((value) => value !== deleted));
  }
});

Deno.test("DenseSet.delete() ignores a member that is already deleted", () => {
  const set = new DenseSet<string>();
  const a = set.add("a");
  set.add("b");
  set.delete(a);
  set.delete(a);
  assertEquals(membersOf(set), ["b"]);
});

Deno.test("DenseSet.entries() skips members that are deleted during the iteration", () => {
  const set = new DenseSet<number>();
  const entries = [0, 1, 2, 3, 4].map((value) => set.add(value));
  const visited: number[] = [];
  for (const entry of set.entries()) {
    visited.push(entry.value);
    set.delete(entry);
    if (entry.value === 1) entries.slice(3).forEach((other) => set.delete(other));
  }
  assertEquals(visited, [0, 1, 2]);
  assertEquals(set.size, 0);
});

Deno.test("DenseSet.entries() does not visit members that are added during the iteration", () => {
  const set = new DenseSet<number>();
  set.add(0);
  let visits = 0;
  for (const { value } of set.entries()) {
    visits++;
    set.add(value + 1);
  }
  assertEquals([visits, membersOf(set)], [1, [0, 1]]);
});

Deno.test("DenseSet keeps exactly its members through 10,000 random changes", () => {
  const set = new DenseSet<number>();
  const expected = new Map<number, Entry<number>>();
  let random = 1;
  for (let change = 0; change < 10_000; change++) {
    random = random * 48_271 % 2_147_483_647;
    const keys = [...expected.keys()];
    if (random % 5 < 3 || keys.length === 0) {
      expected.set(change, set.add(change));
    } else {
      const key = keys[random % keys.length]!;
      set.delete(expected.get(key)!);
      expected.delete(key);
    }
    if (expected.size > 50) {
      for (const entry of expected.values()) set.delete(entry);
      expected.clear();
    }
    assertEquals(set.size, expected.size);
  }
  assertEquals(membersOf(set).sort((a, b) => a - b), [...expected.keys()]);
});
