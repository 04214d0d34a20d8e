import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { FakeTime } from "@std/testing/time";
import { Caller, codesOf, REGISTRATION } from "../helpers.ts";

const PFID = /^[0-7][0-9a-hjkmnpqrstvwxyz]{31}$/;
const AT = "2024-05-01T12:00:00.000Z";

Deno.test("sandbox.fetch() creates IDs that sort by time, in one partition", async () => {
  const caller = new Caller();
  const ids: string[] = [];
  for (let n = 0; n < 50; n++) ids.push(await caller.register());
  assertEquals(ids, ids.toSorted());
  assertEquals(new Set(ids.map((id) => id.slice(10, 16))).size, 1);
  for (const id of ids) assertMatch(id, PFID);
  const { details } = (await caller.get(`agent_instance/${ids[0]}`)).json;
  assertEquals([details.status, details.agent_id, details.started_at], ["pending", "librarian", null]);
  assertMatch(details.environment_id, PFID);
});

Deno.test("sandbox.fetch() derives the partition from the account ID", async () => {
  const pfid = "01m80jbc5n460nkvjef71mqa676zqp0h";
  const ofPfid = await new Caller(new PrefactorSandbox({ accountId: pfid })).register();
  const ofName = () => new Caller(new PrefactorSandbox({ accountId: "acme" })).register();
  assertEquals(ofPfid.slice(10, 16), pfid.slice(10, 16));
  assertEquals((await ofName()).slice(10, 16), (await ofName()).slice(10, 16));
});

Deno.test("sandbox.fetch() accepts an ID from the caller once", async () => {
  const caller = new Caller();
  assertEquals(await caller.register({ id: "mine" }), "mine");
  const again = await caller.post("agent_instance/register", { ...REGISTRATION, id: "mine" });
  assertEquals([again.status, codesOf(again.json.errors)], [422, { id: "taken" }]);
  assertEquals((await caller.createSpan("mine", { id: "span" })).json.details.id, "span");
  const spanAgain = await caller.createSpan("mine", { id: "span" });
  assertEquals([spanAgain.status, codesOf(spanAgain.json.errors)], [422, { details: { id: "taken" } }]);
});

Deno.test("sandbox.fetch() reuses versions of the same content", async () => {
  const caller = new Caller();
  const versions = async (fields: object) => {
    const { details } = (await caller.get(`agent_instance/${await caller.register(fields)}`)).json;
    return [details.agent_version_id, details.agent_schema_version_id];
  };
  const schema = { span_schemas: { a: { type: "object", required: ["x"] } } };
  const schemaInOtherOrder = { span_schemas: { a: { required: ["x"], type: "object" } } };
  const first = await versions({ agent_version: { name: "n" }, agent_schema_version: schema });
  assertEquals(
    await versions({ agent_version: { name: "n" }, agent_schema_version: schemaInOtherOrder }),
    first,
  );
  const [otherVersion, sameSchema] = await versions({
    agent_version: { name: "m" },
    agent_schema_version: schema,
  });
  assertNotEquals(otherVersion, first[0]);
  assertEquals(sameSchema, first[1]);
});

Deno.test("sandbox.agents has the current version, which a registration can leave unchanged", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const versionOf = async (fields: object) =>
    sandbox.instances.get(await caller.register(fields))!.agent_version_id;
  const current = () => sandbox.agents.get("librarian")!.current_version_id;
  await versionOf({ update_current_version: false });
  assertEquals(current(), null);
  const second = await versionOf({ agent_version: { name: "2" } });
  assertEquals(current(), second);
  await versionOf({ agent_version: { name: "3" }, update_current_version: false });
  assertEquals(current(), second);
});

Deno.test("sandbox.fetch() starts and finishes an instance once, at the given times", async () => {
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

Deno.test("sandbox.fetch() uses the current time by default", async () => {
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

Deno.test("sandbox.fetch() cancels only what is pending, and sets both times", async () => {
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

Deno.test("sandbox.fetch() takes agent and environment from a deployment-scoped token, which cannot read", async () => {
  const deployment = { id: "d", agentId: "librarian", environmentId: "production" };
  const caller = new Caller(new PrefactorSandbox({ deployment }));
  const { json } = await caller.post("agent_instance/register", {
    agent_version: {},
    agent_schema_version: {},
  });
  const { id, agent_id, environment_id, agent_deployment_id } = json.details;
  assertEquals([agent_id, environment_id, agent_deployment_id], ["librarian", "production", "d"]);
  const other = await caller.post("agent_instance/register", {
    ...REGISTRATION,
    agent_id: "x",
    environment_id: "y",
  });
  assertEquals(codesOf(other.json.errors), { agent_id: "invalid", environment_id: "invalid" });
  const read = await caller.get(`agent_instance/${id}`);
  assertEquals([read.status, read.json.code], [401, "unauthorized"]);
  assertEquals((await caller.get("ping")).status, 200);
});

Deno.test("sandbox.fetch() terminates only an active instance, and requires a reason", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const terminate = (body: object) => caller.post(`agent_instance/${id}/terminate`, body);
  assertEquals((await terminate({ reason: "enough" })).json.code, "invalid_action");
  await caller.post(`agent_instance/${id}/start`);
  for (const body of [{}, { reason: "" }]) assertEquals((await terminate(body)).status, 422);
  const { details, control } = (await terminate({ reason: "enough", timestamp: AT })).json;
  assertEquals([details.status, details.termination_reason, details.finished_at], [
    "terminated",
    "enough",
    AT,
  ]);
  assertEquals(control, { terminate: true, reason: "enough" });
  assertEquals((await terminate({ reason: "again" })).status, 409);
});

Deno.test("sandbox.fetch() records declared qualities, and removes them with null", async () => {
  const caller = new Caller();
  const names = ["accuracy", "tone", "__proto__"];
  const quality_schemas = names.map((name) => ({ name, schema: {} }));
  const id = await caller.register({ agent_schema_version: { quality_schemas } });
  const record = (body: object) => caller.post(`agent_instance/${id}/record_quality`, body);
  for (const name of names) await record({ name, payload: { score: 1 } });
  const replaced = await record({ name: "accuracy", payload: { score: 2 } });
  assertEquals(Object.entries(replaced.json.details.quality_payloads), [
    ["tone", { score: 1 }],
    ["__proto__", { score: 1 }],
    ["accuracy", { score: 2 }],
  ]);
  await record({ name: "__proto__", payload: null });
  const removed = await record({ name: "tone", payload: null });
  assertEquals(removed.json.details.quality_payloads, { accuracy: { score: 2 } });
  assertEquals(codesOf((await record({ name: "other", payload: {} })).json.errors), { name: "invalid" });
  assertEquals(codesOf((await record({ name: "tone" })).json.errors), { payload: "required" });
});

Deno.test("sandbox.fetch() shows an instance by either identifier, with its raised alerts on request", async () => {
  const caller = new Caller();
  const id = await caller.start({ external_identifier: "run-7" });
  for (const name of ["a", "b"]) {
    await caller.post("alerts/raise", { agent_instance_id: id, name, severity: "info", payload: {} });
  }
  await caller.post("alerts/clear", { agent_instance_id: id, name: "a" });
  const show = async (query: string) => (await caller.get(`agent_instance/show?${query}`)).json;
  const { details } = await show(`agent_instance_id=${id}`);
  assertEquals([details.external_identifier, details.raised_alert_count], ["run-7", null]);
  const counted = await show("external_identifier=run-7&include_alert_count=true");
  assertEquals([counted.details.id, counted.details.raised_alert_count], [id, 1]);
  assertEquals([details.span_counts, details.cost_breakdown], [null, null]);
  assertEquals((await show("external_identifier=none")).code, "not_found");
  assertEquals((await show("")).code, "validation_errors");
  caller.sandbox.terminate(id, "enough");
  assertEquals((await show("external_identifier=run-7")).control.reason, "enough");
});

Deno.test("sandbox.fetch() lists the instances of an agent and of a version", async () => {
  const caller = new Caller();
  const first = await caller.register();
  const second = await caller.register({ agent_version: { name: "2" } });
  await caller.register({ agent_id: "scribe" });
  const list = async (query: string) =>
    (await caller.get(`agent_instance?${query}`)).json.summaries?.map(({ id }: { id: string }) => id);
  assertEquals(await list("agent_id=librarian"), [first, second]);
  const version = caller.sandbox.instances.get(second)!.agent_version_id;
  assertEquals(await list(`agent_id=librarian&agent_version_id=${version}`), [second]);
  assertEquals(await list("agent_id=librarian&sorting[field]=id&sorting[direction]=desc"), [second, first]);
  assertEquals(await list(""), undefined);
});

Deno.test("sandbox.fetch() describes a run as text", async () => {
  const caller = new Caller();
  const id = await caller.start();
  await caller.createSpan(id, { payload: { prompt: "hi" } });
  await caller.createSpan(id, { status: "complete" });
  const { body, span_count } = (await caller.get(`agent_instance/${id}/agent_context`)).json.agent_context;
  assertEquals([body.split("\n").length, span_count], [2, 2]);
  assertMatch(body, /^agent:llm \(active\): .*"prompt":"hi"/);
});

Deno.test("sandbox.fetch() renders the templates of recorded qualities", async () => {
  const caller = new Caller();
  const quality_schemas = [
    { name: "tone", schema: {}, template: "{{ score }} of 10" },
    { name: "plain", schema: {} },
  ];
  const id = await caller.register({ agent_schema_version: { quality_schemas } });
  const record = async (body: object) =>
    (await caller.post(`agent_instance/${id}/record_quality`, body)).json.details.quality_summaries;
  assertEquals(await record({ name: "plain", payload: { score: 1 } }), {});
  assertEquals(await record({ name: "tone", payload: { score: 7 } }), { tone: "7 of 10" });
  assertEquals(await record({ name: "tone", payload: null }), {});
});

Deno.test("sandbox.fetch() includes counts and costs in get, and in show on request", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const payload = { model: "small", token_usage: { prompt_tokens: 1_000, completion_tokens: 200 } };
  for (const schema_name of ["agent:llm", "agent:llm", "__proto__"]) {
    await caller.createSpan(id, { schema_name, payload });
  }
  const { details } = (await caller.get(`agent_instance/${id}`)).json;
  assertEquals([details.span_counts.total, Object.entries(details.span_schema_counts.by_name)], [3, [
    ["agent:llm", 2],
    ["__proto__", 1],
  ]]);
  assertEquals([details.cost_breakdown.input, details.cost_breakdown.total_cost], [3_000, 0.006]);
  assertEquals(details.raised_alert_count, null);

  const show = async (flag: string) =>
    (await caller.get(`agent_instance/show?agent_instance_id=${id}&${flag}`)).json.details;
  const counts = await show("include_counts=true");
  assertEquals([counts.span_counts, counts.span_schema_counts, counts.cost_breakdown], [
    details.span_counts,
    details.span_schema_counts,
    null,
  ]);
  const costs = await show("include_costs=true&include_risk_score=true");
  assertEquals([costs.span_counts, costs.cost_breakdown, costs.risk_score], [
    null,
    details.cost_breakdown,
    null,
  ]);
});

Deno.test("sandbox.fetch() lists instances without the fields that only a single one has", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const [summary] = (await caller.get("agent_instance?agent_id=librarian")).json.summaries;
  assertEquals([summary.id, summary.status, summary.purpose], [id, "active", "live"]);
  const absent = ["agent_deployment_id", "span_counts", "cost_breakdown", "quality_payloads"];
  assertEquals(absent.filter((field) => field in summary), []);
});
