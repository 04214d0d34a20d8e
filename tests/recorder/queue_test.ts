import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type BulkItem, PrefactorClientError } from "../../mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { failureOf, settle } from "../helpers.ts";
import { isBulk, pass, RecordedRun, report, settled, startRun } from "./setup.ts";

const pagesOf = ({ payloads }: RecordedRun) => payloads.map((payload) => (payload as { page: number }).page);

Deno.test("RunRecorder() drops and reports new spans beyond maxPendingSpans", async () => {
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

Deno.test("RunRecorder() holds 10,000 spans by default", async () => {
  const recorded = new RecordedRun({ maxItems: 1_000 });
  for (let page = 0; page < 10_001; page++) recorded.run.startSpan("step");
  const flushed = await recorded.run.flush({ timeout: 0.1 });
  assertEquals(flushed.dropped, 1);
  const counts = await recorded.run.finish({ timeout: 30_000 });
  assertEquals(counts, report({ recorded: 10_000, dropped: 1 }));
});

Deno.test("RunRecorder() drops new spans beyond maxPendingBytes until there is room", async () => {
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

Deno.test("RunRecorder() never drops the end of a queued span because the queue is full", async () => {
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

Deno.test("RunRecorder() attaches the child of a dropped span to the nearest recorded ancestor", async () => {
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

Deno.test("RunRecorder.flush() counts each span exactly once at any time", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxPendingSpans: 20 });
  const { run, sandbox } = recorded;
  sandbox.faults.random({ rate: 0.5, seed: 3, kinds: ["refuse", "lose", "garbage"] });
  const open: { finish(): void }[] = [];
  for (let count = 1; count <= 300; count++) {
    open.push(run.startSpan(count % 7 === 0 ? "" : "step"));
    if (count % 3 === 0) open.splice(count % open.length, 1)[0]!.finish();
    const flush = run.flush({ timeout: 1 });
    await time.tickAsync(1);
    const { recorded, failed, dropped, pending } = await flush;
    assertEquals(recorded + failed + dropped + pending, count);
    assert(pending <= 300 && Math.min(recorded, failed, dropped, pending) >= 0);
    if (count % 10 === 0) await pass(time, 200);
  }
  sandbox.faults.clear();
  const counts = await settle(time, run.finish());
  assertEquals(counts.recorded + counts.failed + counts.dropped, 300);
  assertEquals([counts.pending, counts.recorded], [0, recorded.spans.length]);
  assertStrictEquals(recorded.spans.every(({ status }) => status === "complete"), true);
});

Deno.test("RunRecorder() does not send the end of a span whose start is rejected", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const refused = recorded.run.startSpan("");
  recorded.sandbox.faults.next({ kind: "delay", ms: 500 });
  await pass(time, 200);
  refused.finish();
  assertEquals(await settle(time, recorded.run.flush()), report({ failed: 1 }));
  assertEquals(recorded.items.map(({ length }) => length), [1]);
  await recorded.run.finish();
});

Deno.test("RunRecorder() counts a span whose end is rejected as failed, and keeps its children", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const span = recorded.run.startSpan("step");
  await pass(time, 100);
  await recorded.client.agentSpans.finish(await span.id);
  span.startSpan("step").finish();
  span.finish();
  assertEquals(await recorded.run.finish(), report({ recorded: 1, failed: 1 }));
  assertEquals(recorded.problemKinds, ["not_recorded"]);
  assertEquals(recorded.spans[1]!.parent_span_id, await span.id);
});

Deno.test("RunRecorder() keeps the spans behind one whose start and end the API refuses in one response", async () => {
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  /** Refuses the items behind a refused one, too, and records a span meanwhile. */
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { items = [] }: { items?: BulkItem[] } = JSON.parse(init!.body as string);
    const response = await sandbox.fetch(input as string, init);
    if (items.length < 2) return response;
    recorded.run.startSpan("step").finish();
    const refusals = items.map(({ idempotency_key }) => [idempotency_key, { status: "error" }]);
    const { outputs } = await response.json();
    return Response.json({ outputs: { ...Object.fromEntries(refusals), ...outputs } });
  };
  const recorded = await startRun({}, { sandbox, fetch });
  sandbox.faults.next({ kind: "refuse" }, { match: isBulk });
  const refused = recorded.run.startSpan("");
  await pass(time, 200);
  refused.finish();
  await pass(time, 3_000);
  assertEquals(await recorded.run.finish(), report({ recorded: 1, failed: 1 }));
  assertEquals(recorded.spans.length, 1);
});
