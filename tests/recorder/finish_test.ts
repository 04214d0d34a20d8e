import { assertEquals, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError, PrefactorTimeoutError } from "../../mod.ts";
import { failureOf, settle } from "../helpers.ts";
import { isBulk, pass, RecordedRun, report, settled, startRun } from "./setup.ts";

Deno.test("RunRecorder.flush() sends what was recorded before the call, and reports on each span", async () => {
  const recorded = new RecordedRun();
  const { run } = recorded;
  run.startSpan("step").finish();
  const open = run.startSpan("step");
  run.startSpan("");
  assertEquals(await run.flush(), report({ recorded: 2, failed: 1 }));
  assertEquals(await run.flush(), report({ recorded: 2, failed: 1 }));
  open.finish();
  recorded.sandbox.faults.next({ kind: "delay", ms: 50 });
  assertEquals(await run.flush({ timeout: 1 }), report({ recorded: 1, failed: 1, pending: 1 }));
  assertEquals(await run.flush(), report({ recorded: 2, failed: 1 }));
  await run.finish();
});

Deno.test("RunRecorder.flush() waits for the start of a run without spans", async () => {
  const recorded = new RecordedRun();
  assertEquals(await recorded.run.flush(), report({}));
  assertEquals(recorded.paths, ["agent_instance/register", "run/start"]);
  await recorded.run.finish();
});

Deno.test("RunRecorder.flush() does not wait for what is recorded after the call", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  await settled();
  recorded.sandbox.faults.next({ kind: "delay", ms: 1_000 });
  recorded.sandbox.faults.next({ kind: "hang" });
  recorded.run.startSpan("step");
  let counts;
  recorded.run.flush().then((value) => counts = value);
  await pass(time, 500);
  recorded.run.startSpan("step");
  await pass(time, 600);
  assertEquals(counts, report({ recorded: 1, pending: 1 }));
  await settle(time, recorded.run.finish());
});

Deno.test("RunRecorder.flush() resolves after its timeout, which defaults to 30 s, and sending continues", async () => {
  using time = new FakeTime();
  for (const timeout of [undefined, 5_000]) {
    const recorded = new RecordedRun();
    await settled();
    recorded.sandbox.faults.next({ kind: "refuse" }, { times: Infinity, match: isBulk });
    recorded.run.startSpan("step");
    let counts;
    recorded.run.flush({ timeout }).then((value) => counts = value);
    await pass(time, (timeout ?? 30_000) - 100, 500);
    assertEquals(counts, undefined);
    await pass(time, 200);
    assertEquals(counts, report({ pending: 1 }));
    recorded.sandbox.faults.clear();
    await pass(time, 60_000, 1_000);
    assertEquals(recorded.spans.length, 1);
    await settle(time, recorded.run.finish());
  }
});

Deno.test("RunRecorder.finish() ends open spans as the run ends, and finishes the run at the time of the call", async () => {
  using time = new FakeTime("2024-05-06T07:08:09.000Z");
  for (const status of [undefined, "complete", "failed"] as const) {
    const recorded = new RecordedRun();
    await settled();
    const outer = recorded.run.startSpan("step", { startedAt: "2024-05-06T07:00:00Z" });
    const inner = outer.startSpan("step", { startedAt: "2024-05-06T07:00:00Z" });
    inner.setResult({ hits: 3 });
    outer.startSpan("step", { startedAt: "2024-05-06T07:00:00Z" }).finish();
    await pass(time, 100);
    const at = new Date().toISOString();
    recorded.sandbox.faults.next({ kind: "delay", ms: 3_000 });
    assertEquals(await settle(time, recorded.run.finish({ status })), report({ recorded: 3 }));
    const expected = status ?? "complete";
    assertEquals(recorded.spans.map(({ status }) => status), [expected, expected, "complete"]);
    assertEquals(recorded.spans.slice(0, 2).map(({ finished_at }) => finished_at), [at, at]);
    assertEquals(recorded.spans[1]!.result_payload, { hits: 3 });
    const [instance] = recorded.sandbox.instances.values();
    assertEquals([instance!.status, instance!.finished_at], [expected, at]);
    outer.finish();
    inner.finish();
    await pass(time, 5_000);
    assertEquals(recorded.problems, []);
  }
});

Deno.test("RunRecorder.finish() finishes once, and spans that start later are dropped", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  const { run } = recorded;
  const first = run.finish();
  const late = run.startSpan("step");
  assertEquals(await settle(time, run.finish({ status: "failed" })), report({ dropped: 1 }));
  assertEquals(await first, report({ dropped: 1 }));
  assertEquals(await run.span("step", () => 7), 7);
  late.finish();
  assertEquals([await run.flush(), await run.finish()], [report({ dropped: 2 }), report({ dropped: 2 })]);
  await run[Symbol.asyncDispose]();
  assertEquals(recorded.paths, ["agent_instance/register", "run/start", "run/finish"]);
  assertInstanceOf(await failureOf(late.id), PrefactorClientError);
  assertEquals(recorded.problems[0]!.kind, "dropped");
  await pass(time, 2_000);
});

Deno.test("RunRecorder.finish() finishes once if onProblem finishes the run, too", async () => {
  using time = new FakeTime();
  const finishes: Promise<unknown>[] = [];
  let onProblem: () => unknown = () => {};
  const { run, sandbox } = await startRun({ onProblem: () => onProblem() });
  run.startSpan("step");
  await pass(time, 200);
  sandbox.faults.next({ kind: "status", status: 401 });
  run.startSpan("step");
  await pass(time, 2_000);
  onProblem = () => finishes.push(run.finish());
  finishes.push(run.finish());
  assertEquals(await settle(time, Promise.all(finishes)), Array(2).fill(report({ dropped: 2 })));
});

Deno.test("RunRecorder.finish() reports a finish that the API rejects", async () => {
  for (const status of [401, 404, 422]) {
    const recorded = new RecordedRun();
    recorded.run.startSpan("step");
    recorded.sandbox.faults.next({ kind: "status", status }, {
      match: ({ path }) => path.endsWith("/finish"),
    });
    assertEquals(await recorded.run.finish(), report({ recorded: 1 }));
    assertEquals(recorded.problemKinds, ["not_finished"]);
  }
});

Deno.test("RunRecorder.finish() takes at most its timeout, which defaults to 10 s, and drops the rest", async () => {
  using time = new FakeTime();
  const faults = [{ kind: "refuse" }, { kind: "hang" }, { kind: "status", status: 503 }] as const;
  for (const fault of faults) {
    for (const path of ["/register", "/start", "/bulk", "/finish"]) {
      for (
        const [options, timeout, finishTimeout] of [
          [{}, undefined, 10_000],
          [{ finishTimeout: 2_000 }, undefined, 2_000],
          [{}, 500, 500],
        ] as const
      ) {
        const recorded = new RecordedRun(options);
        recorded.sandbox.faults.next(fault, {
          times: Infinity,
          match: (request) => request.path.endsWith(path),
        });
        const span = recorded.run.startSpan("step");
        let counts;
        recorded.run.finish({ timeout }).then((value) => counts = value);
        await pass(time, finishTimeout - 50, 250);
        assertEquals(counts, undefined);
        await pass(time, 50);
        const dropped = path === "/finish" ? { recorded: 1 } : { dropped: 1 };
        assertEquals(counts, report(dropped), `${fault.kind} ${path}`);
        const kinds = recorded.problemKinds.filter((kind) => kind.startsWith("not_"));
        assertEquals(kinds.at(-1), path === "/register" ? "not_registered" : "not_finished");
        const last = recorded.problems.findLast(({ kind }) => kind === kinds.at(-1));
        assertInstanceOf(last!.error, PrefactorTimeoutError);
        assertEquals(last!.error.timeout, finishTimeout);
        assertEquals(recorded.problems.some(({ kind }) => kind === "dropped"), path !== "/finish");
        if (path === "/register" || path === "/start") await failureOf(recorded.run.ready);
        if (path !== "/finish") await failureOf(span.id);
        const sent = recorded.sandbox.requests.length;
        await pass(time, 60_000, 10_000);
        assertEquals(recorded.sandbox.requests.length, sent);
        await recorded.client.close();
      }
    }
  }
});

Deno.test("RunRecorder.finish() loses nothing if an outage ends in time", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  recorded.sandbox.faults.next({ kind: "refuse" }, { times: Infinity });
  for (let page = 0; page < 250; page++) recorded.run.startSpan("step", { payload: { page } }).finish();
  await pass(time, 100_000, 1_000);
  const finished = recorded.run.finish();
  await pass(time, 2_500);
  recorded.sandbox.faults.clear();
  assertEquals(await settle(time, finished), report({ recorded: 250 }));
  assertEquals([...recorded.sandbox.instances.values()].map(({ status }) => status), ["complete"]);
});
