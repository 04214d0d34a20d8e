import { assertEquals, assertStringIncludes } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { FakeTime } from "@std/testing/time";
import { Caller, SPAN } from "./helpers.ts";

const AT = "2024-05-01T12:00:00.000Z";

Deno.test("sandbox.fetch() starts and finishes an instance once, with the given times", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const started = await caller.post(`agent_instance/${id}/start`, { timestamp: AT });
  assertEquals([started.json.details.status, started.json.details.started_at], ["active", AT]);
  const startedAgain = await caller.post(`agent_instance/${id}/start`);
  assertEquals([startedAgain.status, startedAgain.json.code], [409, "invalid_action"]);
  const finished = await caller.post(`agent_instance/${id}/finish`, { status: "failed", timestamp: AT });
  assertEquals([finished.json.details.status, finished.json.details.finished_at], ["failed", AT]);
  const finishedAgain = await caller.post(`agent_instance/${id}/finish`);
  assertEquals([finishedAgain.status, finishedAgain.json.code], [409, "invalid_action"]);
});

Deno.test("sandbox.fetch() takes the time of the clock where none is given", async () => {
  using time = new FakeTime(Date.parse(AT));
  const caller = new Caller();
  const id = await caller.start();
  time.tick(1_000);
  const { details } = (await caller.post(`agent_instance/${id}/finish`)).json;
  assertEquals([details.started_at, details.finished_at], [AT, "2024-05-01T12:00:01.000Z"]);
  assertEquals([details.status, details.inserted_at, details.updated_at], [
    "complete",
    AT,
    details.finished_at,
  ]);
});

Deno.test("sandbox.fetch() cancels what is pending, with both times, and nothing else", async () => {
  const caller = new Caller();
  const cancelled = { status: "cancelled", timestamp: AT };
  const pending = await caller.register();
  assertEquals((await caller.post(`agent_instance/${pending}/finish`)).status, 409);
  const { details } = (await caller.post(`agent_instance/${pending}/finish`, cancelled)).json;
  assertEquals([details.status, details.started_at, details.finished_at], ["cancelled", AT, AT]);
  const active = await caller.start();
  assertEquals((await caller.post(`agent_instance/${active}/finish`, cancelled)).status, 409);

  await caller.createSpan(active, { id: "pending", status: "pending" });
  await caller.createSpan(active, { id: "active" });
  assertEquals((await caller.post("agent_spans/pending/finish")).status, 409);
  const span = (await caller.post("agent_spans/pending/finish", cancelled)).json.details;
  assertEquals([span.status, span.started_at, span.finished_at], ["cancelled", AT, AT]);
  assertEquals((await caller.post("agent_spans/active/finish", cancelled)).status, 409);
});

Deno.test("sandbox.fetch() creates a span in each status, and counts it", async () => {
  const caller = new Caller();
  const id = await caller.start();
  for (const status of ["pending", "active", "complete", "failed", "cancelled"]) {
    const { details } = (await caller.createSpan(id, { status })).json;
    assertEquals([status, details.started_at === null], [status, status === "pending"]);
    assertEquals([status, details.finished_at === null], [
      status,
      status === "pending" || status === "active",
    ]);
  }
  await caller.createSpan(id, { id: "s" });
  await caller.post("agent_spans/s/finish", { status: "failed" });
  assertEquals(caller.sandbox.instances.get(id)!.span_counts, {
    total: 6,
    pending: 1,
    active: 1,
    complete: 1,
    failed: 2,
    cancelled: 1,
    finished: 4,
  });
});

Deno.test("sandbox.fetch() keeps what a span was given and what came of it", async () => {
  const caller = new Caller();
  const id = await caller.start({
    agent_schema_version: { span_type_schemas: [{ name: "agent:llm", params_schema: {}, title: "A call" }] },
  });
  const fields = { payload: { prompt: "hi" }, parent_span_id: "outer", started_at: AT };
  const { details } = (await caller.createSpan(id, fields)).json;
  assertEquals([details.payload, details.parent_span_id, details.started_at], [
    { prompt: "hi" },
    "outer",
    AT,
  ]);
  assertEquals([details.schema_title, details.agent_id, details.schema_mismatches], [
    "A call",
    "librarian",
    undefined,
  ]);
  const finish = { result_payload: { answer: "ho" }, timestamp: AT };
  const finished = (await caller.post(`agent_spans/${details.id}/finish`, finish)).json.details;
  assertEquals([finished.status, finished.result_payload, finished.finished_at], ["complete", {
    answer: "ho",
  }, AT]);
  assertEquals((await caller.get(`agent_spans/${details.id}`)).json.details, finished);
});

Deno.test("sandbox.fetch() refuses a span of an unknown instance", async () => {
  const { status, json } = await new Caller().createSpan("none");
  assertEquals([status, json.code], [404, "not_found"]);
});

Deno.test("sandbox.fetch() keeps a span that differs from its schema, and tells how", async () => {
  const caller = new Caller();
  const id = await caller.start({
    agent_schema_version: {
      span_schemas: { "agent:llm": { type: "object", required: ["model"] } },
      span_result_schemas: { "agent:llm": { properties: { tokens: { type: "integer" } } } },
    },
  });
  const mismatches = async (fields: object) =>
    (await caller.createSpan(id, fields)).json.details.schema_mismatches;
  assertEquals(await mismatches({ payload: { model: "m" }, result_payload: { tokens: 1 } }), undefined);
  assertEquals(await mismatches({ id: "s", payload: {} }), ["payload: model is required"]);
  assertEquals(await mismatches({ schema_name: "toString" }), ['schema_name: "toString" is not registered']);
  const { json } = await caller.post("agent_spans/s/finish", { result_payload: { tokens: "many" } });
  assertEquals(json.details.schema_mismatches, [
    "payload: model is required",
    "result_payload: tokens must be of type integer",
  ]);
});

Deno.test("PrefactorSandbox() takes a validator of payloads", async () => {
  const seen: unknown[] = [];
  const sandbox = new PrefactorSandbox({
    validatePayload(payload, schema) {
      seen.push([payload, schema]);
      if (payload["broken"]) throw new Error("no such keyword");
      return ["is odd"];
    },
  });
  const caller = new Caller(sandbox);
  const id = await caller.start({ agent_schema_version: { span_schemas: { "agent:llm": { $id: "x" } } } });
  const odd = (await caller.createSpan(id, { payload: { a: 1 } })).json.details;
  assertEquals(odd.schema_mismatches, ["payload: is odd"]);
  assertEquals(seen, [[{ a: 1 }, { $id: "x" }]]);
  const broken = (await caller.createSpan(id, { payload: { broken: true } })).json.details;
  assertStringIncludes(broken.schema_mismatches[0], "no such keyword");
});

Deno.test("sandbox.terminate() tells the agent to stop in every answer about the instance and its spans", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const id = await caller.start();
  const other = await caller.start();
  await caller.createSpan(id, { id: "s" });
  sandbox.terminate(id, "too expensive");
  const control = { terminate: true, reason: "too expensive" };
  assertEquals(sandbox.instances.get(id)!.status, "terminated");
  assertEquals(sandbox.instances.get(id)!.termination_reason, "too expensive");

  for (
    const [reply, status] of [
      [await caller.get(`agent_instance/${id}`), 200],
      [await caller.get("agent_spans/s"), 200],
      [await caller.get(`agent_spans?agent_instance_id=${id}`), 200],
      [await caller.get(`agent_spans?agent_instance_id=${id}&end_time=x`), 422],
      [await caller.createSpan(id), 200],
      [await caller.createSpan(id, { status: "x" }), 422],
      [await caller.post("agent_spans/s/finish"), 200],
      [await caller.post("agent_spans/s/finish"), 409],
      [await caller.post(`agent_instance/${id}/start`), 409],
      [await caller.post(`agent_instance/${id}/finish`), 409],
    ] as const
  ) {
    assertEquals([reply.status, reply.json.control], [status, control]);
  }
  const items = [{
    _type: "agent_spans/create",
    idempotency_key: "create-01",
    ...SPAN,
    agent_instance_id: id,
  }];
  const bulk = await caller.post("bulk", { items });
  assertEquals(bulk.json.outputs["create-01"].control, control);
  assertEquals((await caller.get(`agent_instance/${other}`)).json.control, undefined);
});
