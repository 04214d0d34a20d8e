import { assertEquals } from "@std/assert";
import {
  buildTree,
  originOfFailure,
  periodOfRun,
  periodOfSpan,
  periodOfTimeline,
  tickStep,
  visibleNodes,
} from "../../page/tree.ts";
import type { RunRow, SpanRow } from "../../src/testing/page/rows.ts";

const at = (ms: number) => new Date(ms).toISOString();

/** Creates a span whose ID is the whole name, with its start in ms. */
function span(id: string, parent_id: string | null, start: number, fields: Partial<SpanRow> = {}): SpanRow {
  return {
    id,
    parent_id,
    run_id: "run",
    name: "a",
    title: null,
    status: "complete",
    inserted_at: at(0),
    started_at: at(start),
    finished_at: at(start + 10),
    note: null,
    mismatches: 0,
    ...fields,
  };
}

const run = (fields: Partial<RunRow>) =>
  ({
    id: "run",
    status: "complete",
    inserted_at: at(0),
    started_at: at(100),
    finished_at: null,
    ...fields,
  }) as RunRow;

/** Describes nodes: depth, ID, place among the siblings, number of descendants. */
function describe(spans: readonly SpanRow[]): string[] {
  return buildTree(spans).map(({ span, depth, position, siblings, descendants }) =>
    `${"·".repeat(depth)}${span.id} ${position}/${siblings} ${descendants}`
  );
}

Deno.test("buildTree() places parents before their children, and siblings by their start", () => {
  const spans = [
    span("c", "a", 30),
    span("b", "a", 20),
    span("a", null, 10),
    span("d", "b", 25),
    span("e", null, 5),
    span("f", "a", 20, { inserted_at: at(1) }),
  ];
  assertEquals(describe(spans), ["e 1/2 0", "a 2/2 4", "·b 1/3 1", "··d 1/1 0", "·f 2/3 0", "·c 3/3 0"]);
});

Deno.test("buildTree() places a span that has not started by its creation", () => {
  const pending = span("b", null, 0, {
    started_at: null,
    finished_at: null,
    inserted_at: at(15),
    status: "pending",
  });
  assertEquals(describe([pending, span("a", null, 10), span("c", null, 20)]), [
    "a 1/3 0",
    "b 2/3 0",
    "c 3/3 0",
  ]);
});

Deno.test("buildTree() includes each span once, regardless of the parents", () => {
  assertEquals(describe([span("a", "missing", 1)]), ["a 1/1 0"]);
  assertEquals(describe([span("a", "a", 1)]), ["a 1/1 0"]);
  assertEquals(describe([span("a", "c", 1), span("b", "a", 2), span("c", "b", 3), span("d", null, 4)]), [
    "d 1/1 0",
    "a 1/1 2",
    "·b 1/1 1",
    "··c 1/1 0",
  ]);
});

Deno.test("buildTree() accepts a chain of any depth", () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => span(`${n}`, n === 0 ? null : `${n - 1}`, n));
  const nodes = buildTree(chain);
  assertEquals([nodes[0]!.descendants, nodes.at(-1)!.depth], [19_999, 19_999]);
});

Deno.test("visibleNodes() leaves out the descendants of folded nodes, or what does not match", () => {
  const nodes = buildTree([span("a", null, 1), span("b", "a", 2), span("c", "b", 3), span("d", null, 4)]);
  const ids = (...args: [ReadonlySet<string>, ((span: SpanRow) => boolean)?]) =>
    visibleNodes(nodes, ...args).map(({ span }) => span.id).join("");
  assertEquals(ids(new Set()), "abcd");
  assertEquals(ids(new Set(["b"])), "abd");
  assertEquals(ids(new Set(["a", "b"])), "ad");
  assertEquals(ids(new Set(["a"]), ({ id }) => id === "c"), "abc");
  assertEquals(ids(new Set(), () => false), "");
});

Deno.test("periodOfRun() ends with the run, or now while it is under way", () => {
  assertEquals(periodOfRun(run({ finished_at: at(300) }), 900), { start: 100, end: 300 });
  assertEquals(periodOfRun(run({ status: "active" }), 900), { start: 100, end: 900 });
  assertEquals(periodOfRun(run({ status: "pending", started_at: null }), 900), { start: 0, end: 0 });
  assertEquals(periodOfRun(run({ finished_at: at(50) }), 900), { start: 100, end: 100 });
});

Deno.test("periodOfSpan() ends with the span, or else with its run", () => {
  const period = { start: 100, end: 300 };
  const of = (fields: Partial<SpanRow>) =>
    periodOfSpan(buildTree([span("a", null, 120, fields)])[0]!, period);
  assertEquals(of({}), { start: 120, end: 130 });
  assertEquals(of({ status: "active", finished_at: null }), { start: 120, end: 300 });
  assertEquals(of({ status: "pending", started_at: null, finished_at: null }), { start: 0, end: 0 });
  assertEquals(of({ finished_at: at(110) }), { start: 120, end: 120 });
});

Deno.test("periodOfTimeline() covers the run and its spans, with room to grow while it is under way", () => {
  const nodes = buildTree([span("a", null, 50), span("b", null, 400)]);
  assertEquals(periodOfTimeline(run({ finished_at: at(300) }), nodes, 900), { start: 50, end: 410 });
  assertEquals(periodOfTimeline(run({ status: "active" }), [], 1_250), { start: 100, end: 1_600 });
  assertEquals(periodOfTimeline(run({ status: "active" }), [], 8_100), { start: 100, end: 10_100 });
  assertEquals(periodOfTimeline(run({ finished_at: at(100) }), [], 900), { start: 100, end: 101 });
});

Deno.test("originOfFailure() follows the failure of the run to its innermost span", () => {
  const failed = (id: string, parent_id: string | null, start: number) =>
    span(id, parent_id, start, { status: "failed" });
  const of = (...spans: SpanRow[]) => originOfFailure(buildTree(spans))?.span.id;
  assertEquals(of(), undefined);
  assertEquals(of(span("a", null, 0)), undefined);
  assertEquals(of(failed("a", null, 0)), "a");
  // a retried step, and one whose parent went on, are not the origin
  const handled = [failed("b", "a", 1), span("c", "a", 2), failed("d", "c", 3)];
  assertEquals(of(failed("a", null, 0), ...handled, failed("e", "a", 4), failed("f", "e", 5)), "f");
  assertEquals(of(span("a", null, 0), ...handled), "b");
});

Deno.test("tickStep() returns the smallest round distance that leaves at most that many ticks", () => {
  const table: [length: number, count: number, step: number][] = [
    [1, 10, 1],
    [100, 10, 10],
    [101, 10, 20],
    [4_320, 7, 1_000],
    [60_000, 5, 15_000],
    [3_600_000, 5, 900_000],
    [864_000_000, 5, 172_800_000],
    [100, 0, 100],
  ];
  assertEquals(table.map(([length, count]) => tickStep(length, count)), table.map(([, , step]) => step));
});
