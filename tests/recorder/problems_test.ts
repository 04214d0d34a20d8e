import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { PrefactorHttpClient } from "../../mod.ts";
import { type RecordingProblem, RunRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { AGENT, pass, RecordedRun, settled } from "./setup.ts";

const WRONG = { payload: { n: 1n } };

Deno.test("RunRecorder() reports the first problem of a kind at once, and more at most once a second", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  const { run } = recorded;
  run.startSpan("a", WRONG);
  assertEquals(recorded.problemKinds, ["payload"]);
  await pass(time, 500);
  run.startSpan("b", WRONG);
  run.startSpan("c", WRONG);
  await pass(time, 400);
  assertEquals(recorded.problemKinds, ["payload"]);
  await pass(time, 100);
  assertEquals(recorded.problemKinds, ["payload", "payload × 2"]);
  assertEquals(recorded.problems[1]!.schemaName, "c");
  await pass(time, 5_000);
  assertEquals(recorded.problems.length, 2);
  run.startSpan("d", WRONG);
  assertEquals(recorded.problemKinds, ["payload", "payload × 2", "payload"]);
  run.startSpan("e", WRONG);
  await run.finish();
  assertEquals(recorded.problemKinds, ["payload", "payload × 2", "payload", "payload"]);
});

Deno.test("RunRecorder() ignores errors of onProblem", async () => {
  const handlers = [
    () => {
      throw new Error("of the handler");
    },
    () => Promise.reject(new Error("of the handler")),
  ];
  for (const onProblem of handlers) {
    const client = new PrefactorHttpClient(new PrefactorSandbox().config());
    const run = new RunRecorder(client, AGENT, { onProblem });
    run.startSpan("step", WRONG);
    assertEquals((await run.finish()).recorded, 1);
  }
});

Deno.test("RunRecorder() writes one line for each kind to the console without onProblem", async () => {
  using warn = stub(console, "warn", () => {});
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  const client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
  for (let count = 1; count <= 2; count++) {
    const run = new RunRecorder(client, AGENT, { maxPendingSpans: 2 });
    await settled();
    for (let page = 0; page < 4; page++) run.startSpan("step", WRONG);
    await pass(time, 3_000);
    for (let page = 0; page < 2; page++) run.startSpan("");
    sandbox.faults.next({ kind: "status", status: 404 }, { match: ({ path }) => path.endsWith("/finish") });
    await run.finish();
    assertSpyCalls(warn, 4 * count);
  }
  const lines = warn.calls.slice(0, 4).map(({ args }) => args.join(" "));
  const starts = [
    "@prefactor/http/recorder: A payload is recorded as {} (step): Cannot record the payload: ",
    "@prefactor/http/recorder: Spans are dropped (step): ",
    "@prefactor/http/recorder: A span is not recorded (): POST /api/v1/bulk failed with 422 validation_errors",
    "@prefactor/http/recorder: The run is not finished: POST /api/v1/agent_instance/",
  ];
  for (const [index, start] of starts.entries()) assertStringIncludes(lines[index]!, start);
});

Deno.test("RunRecorder() writes to the console whether it keeps trying", async () => {
  using warn = stub(console, "warn", () => {});
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  const client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
  sandbox.faults.next({ kind: "status", status: 503 }, { times: Infinity });
  const run = new RunRecorder(client, AGENT);
  run.startSpan("step");
  await settled();
  const finish = run.finish();
  await pass(time, 10_000);
  assertEquals((await finish).dropped, 1);
  const lines = warn.calls.map(({ args }) => args.join(" ").replace("@prefactor/http/recorder: ", ""));
  assertEquals(lines.map((line) => line.split(":")[0]), [
    "The run is not recorded yet, trying again",
    "The run is not recorded",
    "Spans are dropped",
  ]);
});

Deno.test("RunRecorder() reports a rejected span with the error of a single request", async () => {
  const recorded = new RecordedRun();
  recorded.run.startSpan("");
  await recorded.run.finish();
  const { kind, error, schemaName, count } = recorded.problems[0] as RecordingProblem & { error: Error };
  assertEquals([kind, schemaName, count, error.name], ["not_recorded", "", 1, "PrefactorValidationError"]);
  assertStringIncludes(error.message, "schema_name");
});
