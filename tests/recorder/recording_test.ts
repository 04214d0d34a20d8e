import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import {
  bulkItem,
  isPfid,
  parsePfid,
  PrefactorClientError,
  PrefactorHttpClient,
  runtimeEnvironment,
} from "../../mod.ts";
import { type RecorderOptions, recordRun, RunRecorder, SpanRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { failureOf } from "../helpers.ts";
import { AGENT, pass, RecordedRun, report, settled } from "./setup.ts";

function makeSandbox() {
  const sandbox = new PrefactorSandbox();
  return { sandbox, client: new PrefactorHttpClient(sandbox.config({ maxRetries: 0 })) };
}

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

Deno.test("recordRun() gives what the work gives, and calls it synchronously", async () => {
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

Deno.test("recordRun() works as without a recorder if the API is down, the token is wrong or the client is closed", async () => {
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

Deno.test("span() rejects with what the step throws, and records a failed span with the error", async () => {
  const thrown: [thrown: unknown, error: { name: string; message: string }][] = [
    [new RangeError("Too far"), { name: "RangeError", message: "Too far" }],
    [new DOMException("Stopped", "AbortError"), { name: "AbortError", message: "Stopped" }],
    ["just a text", { name: "string", message: "just a text" }],
    [undefined, { name: "undefined", message: "undefined" }],
  ];
  for (const [error, recorded] of thrown) {
    const { run, client, ...all } = new RecordedRun();
    const throwing = run.span("step", () => {
      throw error;
    });
    assertStrictEquals(await failureOf(throwing), error);
    assertStrictEquals(await failureOf(run.span("step", () => Promise.reject(error))), error);
    const withResult = run.span("step", (span) => {
      span.setResult({ tries: 3 });
      throw error;
    });
    assertStrictEquals(await failureOf(withResult), error);
    await run.finish();
    const spans = [...all.sandbox.spans.values()];
    assertEquals(spans.map(({ status }) => status), ["failed", "failed", "failed"]);
    assertEquals(spans.map(({ result_payload }) => result_payload), [
      { error: recorded },
      { error: recorded },
      { tries: 3 },
    ]);
    await client.close();
  }
});

Deno.test("span() records an error that throws when it is read", async () => {
  const recorded = new RecordedRun();
  const { run } = recorded;
  const trap = Object.defineProperty(new Error("x"), "name", {
    get: () => {
      throw new Error("trap");
    },
  });
  assertStrictEquals(await failureOf(run.span("step", () => Promise.reject(trap))), trap);
  await run.finish();
  assertEquals(recorded.spans.map(({ result_payload }) => result_payload), [
    { error: { name: "Error", message: "x" } },
  ]);
});

Deno.test("span() takes a step without options, and with undefined ones", async () => {
  const recorded = new RecordedRun();
  const { run } = recorded;
  assertEquals(await run.span("step", () => 1), 1);
  assertEquals(await run.span("step", undefined, (span) => span.span("step", () => 2)), 2);
  await run.finish();
  assertEquals(recorded.payloads, [{}, {}, {}]);
});

Deno.test("startSpan() records steps that are not one function", async () => {
  using _time = new FakeTime("2024-05-06T07:08:09.000Z");
  const recorded = new RecordedRun();
  const { run } = recorded;
  const outer = run.startSpan("step", { startedAt: new Date("2024-05-06T07:00:00Z"), payload: { a: 1 } });
  const inner = outer.startSpan("step", { startedAt: "2024-05-06T07:01:00Z", sensitiveEncoding: true });
  inner.finish({ status: "failed", result: { b: 2 } });
  inner.finish({ status: "complete", result: { b: 3 } });
  {
    using _disposed = outer.startSpan("step");
  }
  outer.setResult({ c: 3 });
  outer.finish();
  outer.finish({ status: "failed" });
  await run.finish();
  assertEquals(
    recorded.spans.map(({ status, started_at, result_payload }) => [status, started_at, result_payload]),
    [
      ["complete", "2024-05-06T07:00:00.000Z", { c: 3 }],
      ["failed", "2024-05-06T07:01:00Z", { b: 2 }],
      ["complete", "2024-05-06T07:08:09.000Z", null],
    ],
  );
  const [outerId] = recorded.spans.map(({ id }) => id);
  assertEquals(recorded.spans.map(({ parent_span_id }) => parent_span_id), [null, outerId, outerId]);
  assertEquals(
    recorded.items.flat().map(({ details }) => (details as Record<string, unknown>)["sensitive_encoding"]),
    [
      undefined,
      true,
      undefined,
    ],
  );
});

Deno.test("an end is never before its start", async () => {
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

Deno.test("what the recorder is given is copied at the call", async () => {
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

Deno.test("a payload that JSON cannot hold is recorded as {} and reported", async () => {
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

Deno.test("an invalid start or schema name does not make the program fail", async () => {
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

Deno.test("RunRecorder() throws for an invalid option, and recordRun() rejects without calling the work", async () => {
  const { sandbox, client } = makeSandbox();
  const table: [options: unknown, message: string][] = [
    [null, "'options' must be an object, but is null"],
    [{ maxDelay: -1 }, "'maxDelay' must be a finite number of ms > 0, but is -1"],
    [{ finishTimeout: 0 }, "'finishTimeout' must be a finite number of ms > 0, but is 0"],
    [{ terminationPoll: "1" }, "'terminationPoll' must be a finite number of ms > 0"],
    [{ maxItems: 0 }, "'maxItems' must be an integer >= 1, but is 0"],
    [{ maxBytes: 0 }, "'maxBytes' must be an integer >= 1, but is 0"],
    [{ maxPendingSpans: 0 }, "'maxPendingSpans' must be an integer >= 1, but is 0"],
    [{ maxPendingBytes: 1.5 }, "'maxPendingBytes' must be an integer >= 1, but is 1.5"],
    [{ onProblem: "log" }, "'onProblem' must be a function"],
    [{ waitUntil: {} }, "'waitUntil' must be a function"],
  ];
  for (const [options, message] of table) {
    const error = assertThrows(
      () => new RunRecorder(client, AGENT, options as RecorderOptions),
      PrefactorClientError,
    );
    assert(error.message.startsWith(`Cannot record the run: ${message}`), error.message);
    const work = spy(() => {});
    await assertRejects(
      () => recordRun(client, AGENT, work, options as RecorderOptions),
      PrefactorClientError,
    );
    assertSpyCalls(work, 0);
  }
  assertEquals(sandbox.requests.length, 0);
});

Deno.test("RunRecorder.ready is the started instance", async () => {
  const recorded = new RecordedRun();
  const instance = await recorded.run.ready;
  assertEquals(instance.status, "active");
  assertEquals(instance.id, [...recorded.sandbox.instances.keys()][0]);
  await recorded.run.finish();
});

Deno.test("ids of spans are in the partition of the account, and id resolves when the start is recorded", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  const outer = recorded.run.startSpan("step");
  const inner = outer.startSpan("step");
  let id: string | undefined;
  inner.id.then((value) => id = value);
  assertStrictEquals(inner.id, inner.id);
  await pass(time, 0);
  assertEquals(recorded.spans.map(({ id }) => id), [await outer.id, await inner.id]);
  assertEquals(id, await inner.id);
  for (const span of recorded.spans) {
    assert(isPfid(span.id));
    assertEquals(parsePfid(span.id).partition, parsePfid(span.agent_instance_id).partition);
  }
  await recorded.run.finish();
});

Deno.test("ids of spans fall back to the partition of the account's id, and to a random one", async () => {
  const partitions: number[] = [];
  const accountId = "01jzf8g3kt00000a0123456789abcdef";
  for (const account_id of [accountId, "acme", "acme"]) {
    const sandbox = new PrefactorSandbox();
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await sandbox.fetch(input as string, init);
      if (!String(input).endsWith("/register")) return response;
      const { details, ...rest } = await response.json();
      return Response.json({ ...rest, details: { ...details, account_id } });
    };
    const client = new PrefactorHttpClient(sandbox.config({ fetch, maxRetries: 0 }));
    const run = new RunRecorder(client, { ...AGENT, id: "run-1" });
    const span = run.startSpan("step");
    await run.finish();
    partitions.push(parsePfid(await span.id).partition);
  }
  assertEquals(partitions[0], parsePfid(accountId).partition);
  assert(partitions[1] !== partitions[2]);
});

Deno.test("items of spans are those that bulkItem() creates", async () => {
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
