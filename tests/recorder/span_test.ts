import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { bulkItem } from "../../mod.ts";
import type { SpanRecorder } from "../../src/recorder/mod.ts";
import { settle } from "../helpers.ts";
import { describeItems, pass, RecordedRun, report, startRun } from "./setup.ts";

Deno.test("RunRecorder() sends the items that bulkItem() creates", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ maxDelay: 50 });
  const { run } = recorded;
  const root = run.startSpan("step", { payload: { a: ["ä", '"'] } });
  const child = root.startSpan("step", { payload: { b: 1 }, sensitiveEncoding: true });
  child.finish({ status: "failed", result: { c: null } });
  await pass(time, 100);
  root.finish({ result: { d: 2 } });
  await run.finish();
  for (const { _type, details, ...item } of recorded.items.flat()) {
    const params = { ...(details as object), ...item };
    assertEquals<unknown>(bulkItem(_type as "agent_spans/create", params as never), {
      _type,
      ...(details !== undefined && { details }),
      ...item,
    });
  }
  assertEquals(recorded.items.flat().map(({ _type }) => _type), [
    "agent_spans/create",
    "agent_spans/create",
    "agent_spans/finish",
  ]);
});

Deno.test("SpanRecorder.finish() adds the end to a start that was not sent", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const [a, b] = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  b!.finish();
  await pass(time, 50);
  a!.finish({ status: "failed" });
  await pass(time, 50);
  assertEquals(recorded.items.map(describeItems), [["create 1 failed", "create 2 complete"]]);
  await recorded.run.finish();
});

Deno.test("SpanRecorder.finish() sends a separate item if the start is in flight or recorded", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 1_000 });
  const [a, b] = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  await pass(time, 500);
  a!.finish({ result: { hits: 1 } });
  await pass(time, 1_000);
  b!.finish();
  await pass(time, 100);
  assertEquals(recorded.items.map(describeItems), [
    ["create 1 active", "create 2 active"],
    ["finish complete"],
    ["finish complete"],
  ]);
  assertEquals(recorded.spans.map(({ status }) => status), ["complete", "complete"]);
  assertEquals(recorded.spans[0]!.result_payload, { hits: 1 });
  assertEquals(await recorded.run.finish(), report({ recorded: 2 }));
});

Deno.test("RunRecorder() sends an item again unchanged, even if the span has ended meanwhile", async () => {
  using time = new FakeTime();
  for (const kind of ["lose", "refuse", "cut", "garbage"] as const) {
    const recorded = await startRun();
    recorded.sandbox.faults.next({ kind });
    const span = recorded.run.startSpan("step", { payload: { page: 1 } });
    await pass(time, 200);
    span.finish({ result: { hits: 1 } });
    recorded.run.startSpan("step", { payload: { page: 2 } });
    await pass(time, 2_000);
    assertEquals(recorded.items.map(describeItems), [
      ["create 1 active"],
      ["create 1 active", "finish complete", "create 2 active"],
    ]);
    assertEquals(recorded.items[1]![0], recorded.items[0]![0]);
    assertEquals(recorded.spans.map(({ status }) => status), ["complete", "active"]);
    assertEquals(await recorded.run.finish(), report({ recorded: 2 }));
  }
});

Deno.test("RunRecorder() attaches the children of a rejected span to the nearest recorded ancestor", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const { run } = recorded;
  const root = run.startSpan("step", { payload: { page: 0 } });
  const refused = root.startSpan("", { payload: { page: 1 } });
  const child = refused.startSpan("step", { payload: { page: 2 } });
  const refusedChild = refused.startSpan("", { payload: { page: 3 } });
  const grandchild = refusedChild.startSpan("step", { payload: { page: 4 } });
  child.startSpan("step", { payload: { page: 5 } }).finish();
  await pass(time, 100);
  refused.finish();
  const late = refused.startSpan("step", { payload: { page: 6 } });
  for (const span of [late, grandchild, refusedChild, child, root]) span.finish();
  assertEquals(await run.finish(), report({ recorded: 5, failed: 2 }));
  const ids = Object.fromEntries(recorded.spans.map(({ id, payload }) => [id, payload!["page"]]));
  assertEquals(
    recorded.spans.map(({ payload, parent_span_id }) => [payload!["page"], ids[parent_span_id!]]),
    [
      [0, undefined],
      [2, 0],
      [4, 0],
      [5, 2],
      [6, 0],
    ],
  );
  assertEquals(recorded.spans.map(({ status }) => status), Array(5).fill("complete"));
});

Deno.test("RunRecorder() sends an end once if its span gets another parent", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const { run } = recorded;
  const refused = run.startSpan("", { payload: { page: 1 } });
  const child = refused.startSpan("step", { payload: { page: 2 } });
  recorded.sandbox.faults.next({ kind: "delay", ms: 500 });
  await pass(time, 200);
  child.finish({ result: { hits: 1 } });
  await pass(time, 1_000);
  assertEquals(recorded.items.map(describeItems), [
    ["create 1 active", "create 2 active"],
    ["create 2 active"],
    ["finish complete"],
  ]);
  assert(recorded.items[1]![0]!.idempotency_key !== recorded.items[0]![1]!.idempotency_key);
  assertEquals(recorded.spans.map(({ parent_span_id, result_payload }) => [parent_span_id, result_payload]), [
    [null, { hits: 1 }],
  ]);
  assertEquals(await run.finish(), report({ recorded: 1, failed: 1 }));
});

Deno.test("RunRecorder() attaches the children of several rejected spans in one request to recorded ancestors", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const spans: SpanRecorder[] = [];
  const parents: Record<number, number> = { 9: 0, 25: 4, 28: 9, 29: 25 };
  for (let page = 0; page < 30; page++) {
    const parent = spans[parents[page]!] ?? recorded.run;
    spans.push(parent.startSpan([0, 4].includes(page) ? "" : "step", { payload: { page } }));
  }
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 28, failed: 2 }));
  const pageOf = new Map(recorded.spans.map(({ id, payload }) => [id, payload!["page"]]));
  const found = recorded.spans.filter(({ parent_span_id }) => parent_span_id !== null);
  assertEquals(found.map(({ payload, parent_span_id }) => [payload!["page"], pageOf.get(parent_span_id!)]), [
    [28, 9],
    [29, 25],
  ]);
});
