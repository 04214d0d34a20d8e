import { assertEquals, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError, PrefactorHttpClient, runtimeEnvironment } from "../../mod.ts";
import { recordRun, RunRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { failureOf } from "../helpers.ts";
import { AGENT, makeSandbox, RecordedRun, report } from "./setup.ts";

Deno.test("SpanRecorder.finish() never ends a span before its start", async () => {
  using _time = new FakeTime("2024-05-06T07:08:09.000Z");
  const recorded = new RecordedRun();
  for (const startedAt of [new Date("2024-05-06T09:00:00Z"), "2024-05-06T09:00:00Z"]) {
    recorded.run.startSpan("step", { startedAt }).finish();
  }
  await recorded.run.finish();
  assertEquals(
    recorded.spans.map(({ finished_at }) => finished_at),
    Array(2).fill("2024-05-06T09:00:00.000Z"),
  );
});

Deno.test("SpanRecorder.finish() ends a span now whose start is a date-time that Date cannot read", async () => {
  using _time = new FakeTime("2024-05-06T07:08:09.000Z");
  const recorded = new RecordedRun();
  const starts = ["2016-12-31T23:59:60Z", "2024-05-06T07:00:00+02"];
  for (const startedAt of starts) recorded.run.startSpan("step", { startedAt }).finish();
  assertEquals(await recorded.run.finish(), report({ recorded: 2 }));
  assertEquals(
    recorded.spans.map(({ started_at, finished_at }) => [started_at, finished_at]),
    starts.map((startedAt) => [startedAt, "2024-05-06T07:08:09.000Z"]),
  );
});

Deno.test("RunRecorder() copies its arguments at the call", async () => {
  const { sandbox, client } = makeSandbox();
  const params = structuredClone(AGENT);
  const payload = { list: [1] };
  const result = { list: [1] };
  const run = new RunRecorder(client, params);
  const span = run.startSpan("step", { payload });
  span.setResult(result);
  params.agent_id = "changed";
  payload.list.push(2);
  result.list.push(2);
  span.finish();
  await run.finish();
  assertEquals([...sandbox.agents.keys()], ["librarian"]);
  const [recorded] = sandbox.spans.values();
  assertEquals([recorded!.payload, recorded!.result_payload], [{ list: [1] }, { list: [1] }]);
});

Deno.test("startSpan() records a payload that JSON cannot hold as {} and reports it", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const wrong: unknown[] = [cyclic, { n: 1n }, [1], "text", 7, () => {}, {
    toJSON: () => {
      throw new Error("no JSON");
    },
  }];
  for (const value of wrong) {
    const recorded = new RecordedRun();
    const span = recorded.run.startSpan("step", { payload: value as object });
    span.finish({ result: value as object });
    assertEquals(recorded.problems.map(({ kind, schemaName, count }) => [kind, schemaName, count]), [
      ["payload", "step", 1],
    ]);
    assertInstanceOf(recorded.problems[0]!.error, PrefactorClientError);
    await recorded.run.finish();
    assertEquals(recorded.problems.length, 2);
    assertEquals(recorded.spans.map(({ payload, result_payload }) => [payload, result_payload]), [[{}, {}]]);
  }
});

Deno.test("startSpan() does not throw for an invalid start or schema name", async () => {
  using _time = new FakeTime("2024-05-06T07:08:09.000Z");
  const recorded = new RecordedRun();
  for (const startedAt of [new Date(NaN), "yesterday", 5, {}]) {
    recorded.run.startSpan("step", { startedAt: startedAt as Date }).finish();
  }
  for (const name of [undefined, null, {}, Symbol("x"), Object.create(null)]) {
    recorded.run.startSpan(name as string, null as never).finish(null as never);
  }
  assertEquals(await recorded.run.finish(), report({ recorded: 9 }));
  assertEquals(recorded.spans.map(({ started_at }) => started_at), Array(9).fill("2024-05-06T07:08:09.000Z"));
});

Deno.test("RunRecorder() registers the run with the environment of the program, unless the params have one", async () => {
  const { sandbox, client } = makeSandbox();
  const register = async (agent_version: object) => {
    await recordRun(client, { ...AGENT, agent_version }, () => {});
    const { body } = sandbox.requests.findLast(({ path }) => path.endsWith("/register"))!;
    return (body as { agent_version: Record<string, unknown> }).agent_version;
  };
  const runtime_environment = JSON.parse(JSON.stringify(runtimeEnvironment()));
  assertEquals(await register({ name: "A" }), { name: "A", runtime_environment });
  assertEquals(await register({ runtime_environment: undefined }), { runtime_environment });
  const own = { runtime_environment: { runtime: "own@1" } };
  assertEquals(await register(own), own);
});

Deno.test("RunRecorder() reports params that the client rejects, and does not throw", async () => {
  for (const params of [null, {}, { agent_version: 1 }, { agent_version: { n: 1n } }]) {
    const client = new PrefactorHttpClient(new PrefactorSandbox().config());
    const kinds: string[] = [];
    const run = new RunRecorder(client, params as never, { onProblem: ({ kind }) => kinds.push(kind) });
    assertEquals(await run.span("step", () => 1), 1);
    assertEquals(await run.finish(), report({ dropped: 1 }));
    assertEquals(kinds, ["not_registered", "dropped"]);
    assertInstanceOf(await failureOf(run.ready), PrefactorClientError);
  }
});

Deno.test("recordRun() calls the work if the params of the run cannot be read", async () => {
  const params = {
    ...AGENT,
    get purpose(): never {
      throw new Error("no purpose");
    },
  };
  const { client } = makeSandbox();
  const kinds: string[] = [];
  assertEquals(await recordRun(client, params, () => 1, { onProblem: ({ kind }) => kinds.push(kind) }), 1);
  assertEquals(kinds, ["not_registered"]);
});
