import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError } from "../../mod.ts";
import type { SandboxRequest } from "../../src/testing/mod.ts";
import { failureOf, settle } from "../helpers.ts";
import { pass, RecordedRun, report, settled } from "./setup.ts";

const isBulk = ({ path }: SandboxRequest) => path === "/api/v1/bulk";
const pagesOf = ({ payloads }: RecordedRun) => payloads.map((payload) => (payload as { page: number }).page);

Deno.test("spans beyond maxPendingSpans are dropped, counted and reported, never old ones", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxPendingSpans: 5 });
  await settled();
  recorded.sandbox.faults.next({ kind: "refuse" }, { times: 3, match: isBulk });
  const spans = Array.from({ length: 8 }, (_, page) => recorded.run.startSpan("step", { payload: { page } }));
  assertInstanceOf(await failureOf(spans[7]!.id), PrefactorClientError);
  assertEquals(recorded.problemKinds, ["dropped"]);
  assertEquals(recorded.problems[0]!.schemaName, "step");
  await pass(time, 2_000);
  assertEquals(recorded.problemKinds, ["dropped", "not_recorded", "dropped × 2"]);
  await settle(time, recorded.run.flush());
  recorded.run.startSpan("step", { payload: { page: 8 } });
  for (const span of spans) span.finish();
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 6, dropped: 3 }));
  assertEquals(pagesOf(recorded), [0, 1, 2, 3, 4, 8]);
  assertEquals(recorded.spans.map(({ status }) => status), Array(6).fill("complete"));
});

Deno.test("the queue holds 10,000 spans by default", async () => {
  const recorded = new RecordedRun({ maxItems: 1_000 });
  for (let page = 0; page < 10_001; page++) recorded.run.startSpan("step");
  const flushed = await recorded.run.flush({ timeout: 0.1 });
  assertEquals(flushed.dropped, 1);
  const counts = await recorded.run.finish({ timeout: 30_000 });
  assertEquals(counts, report({ recorded: 10_000, dropped: 1 }));
});

Deno.test("spans beyond maxPendingBytes are dropped, until there is room again", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxPendingBytes: 10_000 });
  await settled();
  const start = (page: number, length: number) =>
    recorded.run.startSpan("step", { payload: { page, text: "ä".repeat(length) } });
  start(1, 2_000);
  start(2, 4_000);
  start(3, 1_000);
  start(4, 2_000);
  assertEquals((await settle(time, recorded.run.flush())).dropped, 2);
  assertEquals(pagesOf(recorded), [1, 3]);
  start(5, 4_000);
  start(6, 6_000);
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 3, dropped: 3 }));
});

Deno.test("the end of a span whose start was taken is never dropped for want of room", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxPendingSpans: 3, maxPendingBytes: 10_000 });
  await settled();
  const spans = Array.from({ length: 3 }, (_, page) => recorded.run.startSpan("step", { payload: { page } }));
  await settle(time, recorded.run.flush());
  recorded.sandbox.faults.next({ kind: "refuse" }, { times: 3, match: isBulk });
  for (let page = 3; page < 6; page++) spans.push(recorded.run.startSpan("step", { payload: { page } }));
  for (const span of spans) span.finish({ result: { text: "x".repeat(5_000) } });
  recorded.run.startSpan("step", { payload: { page: 6 } });
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 6, dropped: 1 }));
  assert(recorded.spans.every(({ status, result_payload }) => status === "complete" && result_payload));
});

Deno.test("a child of a dropped span hangs on the nearest ancestor that is recorded", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxPendingSpans: 1 });
  await settled();
  const root = recorded.run.startSpan("step", { payload: { page: 0 } });
  const dropped = root.startSpan("step", { payload: { page: 1 } });
  const droppedToo = dropped.startSpan("step", { payload: { page: 2 } });
  await settle(time, recorded.run.flush());
  droppedToo.startSpan("step", { payload: { page: 3 } });
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 2, dropped: 2 }));
  assertEquals(pagesOf(recorded), [0, 3]);
  assertEquals(recorded.spans[1]!.parent_span_id, recorded.spans[0]!.id);
});
