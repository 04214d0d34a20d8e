import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Store } from "../../page/store.ts";
import type { PageChanges, RunRow, SpanRow } from "../../src/testing/page/rows.ts";

const NONE: PageChanges = {
  cursor: "1.1",
  now: 0,
  agents: [],
  runs: [],
  spans: [],
  requests: [],
  removed: { runs: [], spans: [], requests: [] },
  faults: { planned: [], random: null },
};
const run = (id: string, status = "active") => ({ id, agent_id: `agent-${id}`, status }) as RunRow;
const span = (id: string, run_id: string) => ({ id, run_id }) as SpanRow;

Deno.test("Store.apply() adds, replaces and removes rows, and notifies listeners", () => {
  const store = new Store();
  let changes = 0;
  store.subscribe(() => changes++);
  store.load({ ...NONE, runs: [run("a"), run("b")], spans: [span("1", "a"), span("2", "b")] });
  store.apply({
    ...NONE,
    runs: [run("b", "failed"), run("c")],
    removed: { runs: ["a"], spans: ["1"], requests: [] },
  });
  assertEquals([...store.runs.values()].map(({ id, status }) => [id, status]), [["b", "failed"], [
    "c",
    "active",
  ]]);
  assertEquals([store.spansOf("a").length, store.spansOf("b").length, store.isLoaded, changes], [
    0,
    1,
    true,
    2,
  ]);
});

Deno.test("Store.apply() keeps a row that was removed and added again", () => {
  const store = new Store();
  store.apply({ ...NONE, runs: [run("a")], removed: { runs: ["a"], spans: [], requests: [] } });
  assertEquals(store.runs.size, 1);
});

Deno.test("Store.load() replaces everything", () => {
  const store = new Store();
  store.load({ ...NONE, runs: [run("a")], spans: [span("1", "a")], agents: [{ id: "agent-a", name: "A" }] });
  assertEquals(store.agentOf(run("a")), "A");
  store.load({ ...NONE, runs: [run("b")] });
  assertEquals([[...store.runs.keys()], store.spans.size, store.agentOf(run("a"))], [["b"], 0, "agent-a"]);
});

Deno.test("Store.now() follows the clock of the server", () => {
  using time = new FakeTime(1_000);
  const store = new Store();
  store.apply({ ...NONE, now: 51_000 });
  time.tick(500);
  assertEquals(store.now(), 51_500);
});
