import { assertEquals, assertMatch } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf, REGISTRATION } from "../helpers.ts";

Deno.test("sandbox.fetch() creates, updates, reads and deletes an agent", async () => {
  const caller = new Caller();
  const details = { name: "Librarian", external_identifier: "lib", team_id: "t" };
  const created = (await caller.post("agent", { details })).json.details;
  assertEquals([created.name, created.external_identifier, created.team_id, created.status], [
    "Librarian",
    "lib",
    "t",
    "pending",
  ]);
  assertEquals([created.type, created.description, created.current_version_id], ["agent", null, null]);
  const update = { team_id: null, description: "d", external_identifier: "ignored" };
  const updated = (await caller.put(`agent/${created.id}`, { details: update })).json.details;
  assertEquals([updated.name, updated.team_id, updated.description, updated.external_identifier], [
    "Librarian",
    null,
    "d",
    "lib",
  ]);
  assertEquals((await caller.get(`agent/${created.id}`)).json.details, updated);
  const { available_actions, last_activity_span_at, ...stored } = updated;
  assertEquals({ ...caller.sandbox.agents.get(created.id) }, stored);
  assertEquals(available_actions, { update: true, retire: true, reinstate: false, delete: true });
  assertEquals(last_activity_span_at, null);
  assertEquals((await caller.get("agent")).json.summaries[0].risk_profile_id, undefined);
  assertEquals((await caller.delete(`agent/${created.id}`)).status, 200);
  assertEquals((await caller.get(`agent/${created.id}`)).status, 404);
  assertEquals((await caller.post("agent", { details: {} })).status, 422);
});

Deno.test("sandbox.fetch() creates the unknown agent of a registration, and activates a pending one", async () => {
  const caller = new Caller();
  await caller.post("agent", { details: { name: "Scribe", id: "scribe" } });
  await caller.register();
  await caller.register({ agent_id: "scribe" });
  const agents = [...caller.sandbox.agents.values()];
  assertEquals(agents.map(({ id, name, status }) => [id, name, status]), [
    ["scribe", "Scribe", "active"],
    ["librarian", null, "active"],
  ]);
});

Deno.test("sandbox.fetch() rejects registrations of a retired agent until it is reinstated", async () => {
  const caller = new Caller();
  await caller.register();
  const steps: [path: string, status: number][] = [
    ["agent/librarian/reinstate", 409],
    ["agent/librarian/retire", 200],
    ["agent/librarian/retire", 409],
    ["agent_instance/register", 409],
    ["agent/librarian/reinstate", 200],
    ["agent_instance/register", 200],
    ["agent/none/retire", 404],
  ];
  for (const [path, status] of steps) {
    const reply = await caller.post(path, path.endsWith("register") ? REGISTRATION : {});
    assertEquals([path, reply.status], [path, status]);
    if (status === 409) assertEquals(reply.json.code, "invalid_action");
  }
  assertEquals(
    (await caller.post("agent/librarian/reinstate")).json.message,
    [
      'Cannot reinstate the agent: its status is "active"',
    ].join(),
  );
  assertEquals([caller.sandbox.instances.size, caller.sandbox.agents.get("librarian")?.status], [
    2,
    "active",
  ]);
});

Deno.test("sandbox.fetch() shows an agent by either identifier, with its counts on request", async () => {
  const caller = new Caller();
  await caller.post("agent", { details: { name: "n", id: "librarian", external_identifier: "lib" } });
  await caller.start();
  await caller.register({ environment_id: "production" });
  const show = async (query: string) => (await caller.get(`agent/show?${query}`)).json;
  const run = [...caller.sandbox.instances.keys()][0]!;
  const { inserted_at } = (await caller.createSpan(run)).json.details;
  const plain = await show("agent_id=librarian");
  assertEquals(plain.details.last_activity_span_at, inserted_at);
  assertEquals([plain.details.id, plain.details.instance_counts, plain.risk_rollup], [
    "librarian",
    null,
    null,
  ]);
  const { instance_counts } = (await show("external_identifier=lib&include_counts=true")).details;
  const none = { complete: 0, failed: 0, cancelled: 0, terminated: 0, finished: 0 };
  assertEquals(instance_counts, { ...none, total: 2, pending: 1, active: 1 });
  const filtered = await show("agent_id=librarian&include_counts=true&environment_id=production");
  assertEquals(filtered.details.instance_counts, { ...none, total: 1, pending: 1, active: 0 });
  assertEquals((await show("agent_id=none")).code, "not_found");
  assertEquals(codesOf((await show("")).errors), { agent_id: "required" });
  assertEquals(codesOf((await show("agent_id=a&external_identifier=b")).errors), { agent_id: "invalid" });
});

Deno.test("sandbox.fetch() lists agents by team, owner and risk profile", async () => {
  const caller = new Caller();
  for (const field of ["team_id", "owner_person_id", "risk_profile_id"]) {
    await caller.post("agent", { details: { name: field, [field]: "x" } });
  }
  const list = async (query: string) =>
    // deno-lint-ignore no-explicit-any
    (await caller.get(`agent?${query}`)).json.summaries.map(({ name }: any) => name);
  assertEquals(await list("team_id=x"), ["team_id"]);
  assertEquals(await list("owner_person_id=x&team_id=x"), []);
  assertEquals(await list("risk_profile_id=null"), ["team_id", "owner_person_id"]);
  assertEquals(await list("sorting[field]=name&sorting[direction]=desc&pagination[page_size]=1"), [
    "team_id",
  ]);
});

Deno.test("sandbox.fetch() creates and updates agents in a bulk request", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  const items = [
    { _type: "agents/create", idempotency_key: "create-01", details: { name: "Scribe", id: "scribe" } },
    { _type: "agents/update", idempotency_key: "update-01", agent_id: "scribe", details: { name: "Clerk" } },
  ];
  const { outputs } = await client.bulk.execute({ items });
  assertEquals(Object.values(outputs).map(({ status }) => status), ["success", "success"]);
  assertEquals(sandbox.agents.get("scribe")?.name, "Clerk");
});

Deno.test("sandbox.fetch() rejects operations on agents with a deployment-scoped token", async () => {
  const caller = new Caller(new PrefactorSandbox({ deployment: {} }));
  const { status, json } = await caller.post("agent", { details: { name: "n" } });
  assertEquals(status, 401);
  assertMatch(json.message, /deployment-scoped/);
});
