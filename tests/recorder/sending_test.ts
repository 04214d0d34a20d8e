import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { describeItems, pass, RecordedRun, settled, startRun } from "./setup.ts";

Deno.test("RunRecorder() sends spans together after maxDelay", async () => {
  for (const [maxDelay, before] of [[undefined, 99], [40, 39], [5_000, 4_999]] as const) {
    using time = new FakeTime();
    const recorded = await startRun({ maxDelay });
    recorded.run.startSpan("step", { payload: { page: 1 } });
    await pass(time, before - 10);
    recorded.run.startSpan("step", { payload: { page: 2 } });
    await pass(time, 10);
    assertEquals(recorded.items.length, 0);
    await pass(time, 1);
    assertEquals(recorded.items.map(describeItems), [["create 1 active", "create 2 active"]]);
    await recorded.run.finish();
  }
});

Deno.test("RunRecorder() sends the spans of one turn at once with a maxDelay of 0", async () => {
  using _time = new FakeTime();
  const recorded = await startRun({ maxDelay: 0 });
  const first = recorded.run.startSpan("step", { payload: { page: 1 } });
  recorded.run.startSpan("step", { payload: { page: 2 } });
  first.finish();
  await settled();
  assertEquals(recorded.items.map(describeItems), [["create 1 complete", "create 2 active"]]);
  await recorded.run.finish();
});

Deno.test("RunRecorder() sends spans at once when they fill a request", async () => {
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

Deno.test("RunRecorder() keeps a request within maxItems and maxBytes, and sends a larger span alone", async () => {
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

Deno.test("RunRecorder() sends one request at a time, with the spans that were recorded during the previous one", async () => {
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
  assertEquals(recorded.items.map(describeItems), [["create 1 active"], [
    "create 2 active",
    "create 3 active",
  ]]);
  await recorded.run.finish();
});

Deno.test("RunRecorder() sends spans that started during the registration as soon as the run has started", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 300 }, { times: 2 });
  for (const page of [1, 2]) recorded.run.startSpan("step", { payload: { page } });
  await pass(time, 700);
  assertEquals(recorded.paths, ["agent_instance/register", "run/start", "bulk"]);
  assertEquals(recorded.items.map(({ length }) => length), [2]);
  await recorded.run.finish();
});
