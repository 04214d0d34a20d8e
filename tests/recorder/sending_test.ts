import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { BulkItem } from "../../mod.ts";
import type { SpanRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { settle } from "../helpers.ts";
import { pass, RecordedRun, report, settled } from "./setup.ts";

/** The type of each item, and the page of its payload if it has one. */
function describe(items: readonly BulkItem[]): string[] {
  return items.map(({ _type, details, status }) => {
    const { payload, status: created } = (details ?? {}) as { payload?: { page?: number }; status?: string };
    return `${_type.split("/")[1]} ${payload?.page ?? ""} ${created ?? status}`.replace("  ", " ");
  });
}

/** A run that has started. */
async function startRun(...args: ConstructorParameters<typeof RecordedRun>): Promise<RecordedRun> {
  const recorded = new RecordedRun(...args);
  await settled();
  assertEquals(recorded.paths, ["agent_instance/register", "run/start"]);
  return recorded;
}

Deno.test("a span waits for company for maxDelay", async () => {
  for (const [maxDelay, before] of [[undefined, 99], [40, 39], [5_000, 4_999]] as const) {
    using time = new FakeTime();
    const recorded = await startRun({ maxDelay });
    recorded.run.startSpan("step", { payload: { page: 1 } });
    await pass(time, before - 10);
    recorded.run.startSpan("step", { payload: { page: 2 } });
    await pass(time, 10);
    assertEquals(recorded.items.length, 0);
    await pass(time, 1);
    assertEquals(recorded.items.map(describe), [["create 1 active", "create 2 active"]]);
    await recorded.run.finish();
  }
});

Deno.test("a span does not wait with a maxDelay of 0, but for those of the same turn", async () => {
  using _time = new FakeTime();
  const recorded = await startRun({ maxDelay: 0 });
  const first = recorded.run.startSpan("step", { payload: { page: 1 } });
  recorded.run.startSpan("step", { payload: { page: 2 } });
  first.finish();
  await settled();
  assertEquals(recorded.items.map(describe), [["create 1 complete", "create 2 active"]]);
  await recorded.run.finish();
});

Deno.test("spans go out at once when they fill a request", async () => {
  using _time = new FakeTime();
  const byItems = await startRun({ maxItems: 3 });
  for (const page of [1, 2]) byItems.run.startSpan("step", { payload: { page } });
  await settled();
  assertEquals(byItems.items.length, 0);
  byItems.run.startSpan("step", { payload: { page: 3 } });
  await settled();
  assertEquals(byItems.items.map(({ length }) => length), [3]);

  const byBytes = await startRun({ maxBytes: 10_000 });
  for (const page of [1, 2]) byBytes.run.startSpan("step", { payload: { page, text: "x".repeat(4_000) } });
  await settled();
  assertEquals(byBytes.items.length, 0);
  byBytes.run.startSpan("step", { payload: { page: 3, text: "x".repeat(4_000) } });
  await settled();
  assertEquals(byBytes.items.map(({ length }) => length), [2, 1]);
  for (const { run } of [byItems, byBytes]) await run.finish();
});

Deno.test("a request holds at most maxItems and maxBytes, and a larger span goes alone", async () => {
  using _time = new FakeTime();
  const recorded = new RecordedRun({ maxItems: 40, maxBytes: 20_000 });
  const { run } = recorded;
  for (let page = 0; page < 100; page++) {
    run.startSpan("step", { payload: { page, text: "ä".repeat(page === 50 ? 30_000 : 100) } });
  }
  await run.finish();
  for (const [index, { body }] of recorded.bulkRequests.entries()) {
    const { length } = new TextEncoder().encode(JSON.stringify(body));
    assert(recorded.items[index]!.length <= 40);
    assert(length <= 20_000 || recorded.items[index]!.length === 1, `${length}`);
  }
  assertEquals(recorded.payloads.map((payload) => (payload as { page: number }).page), [
    ...Array(100).keys(),
  ]);
});

Deno.test("what gathers while a request is under way goes into the next, one request at a time", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 1_000 });
  recorded.run.startSpan("step", { payload: { page: 1 } });
  await pass(time, 100);
  for (const page of [2, 3]) {
    recorded.run.startSpan("step", { payload: { page } });
    await pass(time, 400);
  }
  assertEquals(recorded.items.length, 1);
  await pass(time, 200);
  assertEquals(recorded.items.map(describe), [["create 1 active"], ["create 2 active", "create 3 active"]]);
  await recorded.run.finish();
});

Deno.test("spans that start while the run is being registered go out as soon as it has started", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 300 }, { times: 2 });
  for (const page of [1, 2]) recorded.run.startSpan("step", { payload: { page } });
  await pass(time, 700);
  assertEquals(recorded.paths, ["agent_instance/register", "run/start", "bulk"]);
  assertEquals(recorded.items.map(({ length }) => length), [2]);
  await recorded.run.finish();
});

Deno.test("a span that ends before its start was sent is one item, at the place of its start", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const [a, b] = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  b!.finish();
  await pass(time, 50);
  a!.finish({ status: "failed" });
  await pass(time, 50);
  assertEquals(recorded.items.map(describe), [["create 1 failed", "create 2 complete"]]);
  await recorded.run.finish();
});

Deno.test("an end that comes while its start is under way, or later, is an item of its own", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 1_000 });
  const [a, b] = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  await pass(time, 500);
  a!.finish({ result: { hits: 1 } });
  await pass(time, 1_000);
  b!.finish();
  await pass(time, 100);
  assertEquals(recorded.items.map(describe), [
    ["create 1 active", "create 2 active"],
    ["finish complete"],
    ["finish complete"],
  ]);
  assertEquals(recorded.spans.map(({ status }) => status), ["complete", "complete"]);
  assertEquals(recorded.spans[0]!.result_payload, { hits: 1 });
  assertEquals(await recorded.run.finish(), report({ recorded: 2 }));
});

Deno.test("an item that was sent once is sent again unchanged, even if its end came meanwhile", async () => {
  using time = new FakeTime();
  for (const kind of ["lose", "refuse", "cut", "garbage"] as const) {
    const recorded = await startRun();
    recorded.sandbox.faults.next({ kind });
    const span = recorded.run.startSpan("step", { payload: { page: 1 } });
    await pass(time, 200);
    span.finish({ result: { hits: 1 } });
    recorded.run.startSpan("step", { payload: { page: 2 } });
    await pass(time, 2_000);
    assertEquals(recorded.items.map(describe), [
      ["create 1 active"],
      ["create 1 active", "finish complete", "create 2 active"],
    ]);
    assertEquals(recorded.items[1]![0], recorded.items[0]![0]);
    assertEquals(recorded.spans.map(({ status }) => status), ["complete", "active"]);
    assertEquals(await recorded.run.finish(), report({ recorded: 2 }));
  }
});

Deno.test("a refused span is reported and counted, and those behind it go on with the same keys", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const { run, sandbox } = recorded;
  const known = run.startSpan("step");
  await pass(time, 100);
  const id = await known.id;
  const wrong = { payload: {}, startedAt: new Date() };
  for (const page of [1, 2, 3, 4]) {
    const span = run.startSpan(page === 2 ? "" : "step", { ...wrong, payload: { page } });
    if (page === 2) span.id.catch(() => recorded.problems.push({ kind: "payload", count: 99 }));
  }
  await pass(time, 100);
  assertEquals(recorded.items.slice(1).map(({ length }) => length), [4, 2]);
  assertEquals(recorded.items[2]!.map(({ idempotency_key }) => idempotency_key), [
    recorded.items[1]![2]!.idempotency_key,
    recorded.items[1]![3]!.idempotency_key,
  ]);
  assertEquals(recorded.problemKinds, ["not_recorded", "payload × 99"]);
  assertEquals(recorded.problems[0]!.schemaName, "");
  assertEquals(recorded.payloads, [{}, { page: 1 }, { page: 3 }, { page: 4 }]);
  assertEquals(await run.finish(), report({ recorded: 4, failed: 1 }));
  assertEquals(sandbox.spans.get(id)?.status, "complete");
});

Deno.test("the children of a refused span hang on its nearest ancestor that is recorded", async () => {
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

Deno.test("an end that came meanwhile is sent once if its span gets another parent", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const { run } = recorded;
  const refused = run.startSpan("", { payload: { page: 1 } });
  const child = refused.startSpan("step", { payload: { page: 2 } });
  recorded.sandbox.faults.next({ kind: "delay", ms: 500 });
  await pass(time, 200);
  child.finish({ result: { hits: 1 } });
  await pass(time, 1_000);
  assertEquals(recorded.items.map(describe), [
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

Deno.test("the end of a span whose start is refused is not sent", async () => {
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

Deno.test("a span whose end is refused has failed, and its children stay where they are", async () => {
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

Deno.test("the children of several refused spans in one request all get another parent", async () => {
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

Deno.test("an end of a type that the API does not know has failed, and those behind it go on", async () => {
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  const fetch: typeof globalThis.fetch = (input, init) => {
    const body = String(init!.body).replaceAll("agent_spans/finish", "agent_spans/unknown");
    return sandbox.fetch(input as string, { ...init, body });
  };
  const recorded = await startRun({}, { sandbox, fetch });
  const spans = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  await pass(time, 100);
  for (const span of spans) span.finish();
  recorded.run.startSpan("step", { payload: { page: 3 } }).finish();
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 1, failed: 2 }));
  assertEquals(recorded.spans.map(({ status }) => status), ["active", "active", "complete"]);
});
