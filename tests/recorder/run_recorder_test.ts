import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { PrefactorHttpClient } from "../../mod.ts";
import { type RecorderOptions, recordRun, RunRecorder, SpanRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { failureOf } from "../helpers.ts";
import { AGENT, makeSandbox, RecordedRun, settled } from "./setup.ts";

Deno.test("recordRun() records a run and its spans as a tree, with payloads, results and times", async () => {
  using time = new FakeTime("2024-05-06T07:08:09.000Z");
  const { sandbox, client } = makeSandbox();
  const recorded = recordRun(client, AGENT, async (run) => {
    assertInstanceOf(run, RunRecorder);
    return await run.span("step", { payload: { question: "Why?" } }, async (plan) => {
      assertInstanceOf(plan, SpanRecorder);
      time.tick(1_000);
      const hits = await plan.span("step", { payload: { query: "why" } }, (search) => {
        time.tick(500);
        search.setResult({ hits: 2 });
        return ["a", "b"];
      });
      time.tick(250);
      plan.setResult({ answer: hits[0]! });
      return hits.length;
    });
  });
  await settled();
  assertEquals(await recorded, 2);
  const [instance] = [...sandbox.instances.values()];
  assertEquals([instance!.status, instance!.started_at, instance!.finished_at], [
    "complete",
    "2024-05-06T07:08:09.000Z",
    "2024-05-06T07:08:10.750Z",
  ]);
  const [plan, search] = [...sandbox.spans.values()];
  const shared = { agent_instance_id: instance!.id, schema_name: "step", status: "complete" };
  const pick = (span: typeof plan) =>
    (({ agent_instance_id, schema_name, status, payload, result_payload, started_at, finished_at }) => ({
      agent_instance_id,
      schema_name,
      status,
      payload,
      result_payload,
      started_at,
      finished_at,
    }))(span!);
  assertEquals<unknown>(pick(plan), {
    ...shared,
    payload: { question: "Why?" },
    result_payload: { answer: "a" },
    started_at: "2024-05-06T07:08:09.000Z",
    finished_at: "2024-05-06T07:08:10.750Z",
  });
  assertEquals<unknown>(pick(search), {
    ...shared,
    payload: { query: "why" },
    result_payload: { hits: 2 },
    started_at: "2024-05-06T07:08:10.000Z",
    finished_at: "2024-05-06T07:08:10.500Z",
  });
  assertEquals([plan!.parent_span_id, search!.parent_span_id], [null, plan!.id]);
});

Deno.test("recordRun() makes one request each to register, start and finish, and one for the spans", async () => {
  const { sandbox, client } = makeSandbox();
  await recordRun(client, AGENT, async (run) => {
    await Promise.all(
      Array.from({ length: 50 }, (_, page) => run.span("step", { payload: { page } }, () => {})),
    );
  });
  assertEquals(sandbox.requests.map(({ path }) => path.split("/").at(-1)), [
    "register",
    "start",
    "bulk",
    "finish",
  ]);
  assertEquals([...sandbox.spans.values()].map(({ payload }) => payload!["page"]), [...Array(50).keys()]);
  assertEquals([...sandbox.spans.values()].map(({ status }) => status), Array(50).fill("complete"));
});

Deno.test("recordRun() returns what the work returns, and calls it synchronously", async () => {
  const { client } = makeSandbox();
  for (const work of [() => 7, () => Promise.resolve(7)]) {
    const run = spy(work as () => unknown);
    const recorded = recordRun(client, AGENT, run);
    assertSpyCalls(run, 1);
    assertEquals(await recorded, 7);
  }
});

Deno.test("recordRun() rejects with what the work throws, and records a failed run", async () => {
  const thrown = new Error("No answer");
  const works = [
    () => {
      throw thrown;
    },
    () => Promise.reject(thrown),
  ];
  for (const work of works) {
    const { sandbox, client } = makeSandbox();
    assertStrictEquals(await failureOf(recordRun(client, AGENT, work)), thrown);
    assertEquals([...sandbox.instances.values()].map(({ status }) => status), ["failed"]);
  }
});

Deno.test("recordRun() never changes the result if the API is down, the token is wrong or the client is closed", async () => {
  const clients = {
    "API is down": new PrefactorHttpClient(new PrefactorSandbox().config({
      fetch: () => Promise.reject(new TypeError("Connection refused")),
      maxRetries: 0,
    })),
    "wrong token": new PrefactorHttpClient(new PrefactorSandbox().config({ apiToken: "wrong-token" })),
    "closed client": new PrefactorHttpClient(new PrefactorSandbox().config()),
  };
  await clients["closed client"].close();
  const error = new Error("of the work");
  for (const client of Object.values(clients)) {
    const options: RecorderOptions = { onProblem: () => {}, finishTimeout: 20 };
    const result = await recordRun(client, AGENT, (run) => run.span("step", () => "result"), options);
    assertEquals(result, "result");
    const failing = recordRun(client, AGENT, (run) => run.span("step", () => Promise.reject(error)), options);
    assertStrictEquals(await failureOf(failing), error);
  }
});

Deno.test("RunRecorder.ready resolves to the started instance", async () => {
  const recorded = new RecordedRun();
  const instance = await recorded.run.ready;
  assertEquals(instance.status, "active");
  assertEquals(instance.id, [...recorded.sandbox.instances.keys()][0]);
  await recorded.run.finish();
});

Deno.test("RunRecorder[Symbol.asyncDispose]() finishes the run as complete", async () => {
  const recorded = new RecordedRun();
  {
    await using run = recorded.run;
    run.startSpan("step");
  }
  assertEquals([...recorded.sandbox.instances.values()].map(({ status }) => status), ["complete"]);
  assertEquals(recorded.spans.map(({ status }) => status), ["complete"]);
});
