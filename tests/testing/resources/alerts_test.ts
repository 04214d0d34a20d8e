import { assertEquals } from "@std/assert";
import { Caller, codesOf } from "../helpers.ts";

const AT = "2024-05-01T12:00:00.000Z";
const LATER = "2024-05-01T13:00:00.000Z";
const ALERT = { name: "over_budget", severity: "warning", payload: { spent: 12 } };

function declaring(...names: string[]): object {
  const alert_schemas = names.map((name) => ({ name, schema: {}, title: `Title of ${name}` }));
  return { agent_schema_version: { alert_schemas } };
}

Deno.test("sandbox.fetch() raises and clears an alert", async () => {
  const caller = new Caller();
  const agent_instance_id = await caller.start(declaring("over_budget"));
  const raise = { ...ALERT, agent_instance_id, raised_at: AT };
  const raised = (await caller.post("alerts/raise", raise)).json.details;
  assertEquals([raised.status, raised.severity, raised.payload, raised.title], [
    "raised",
    "warning",
    { spent: 12 },
    "Title of over_budget",
  ]);
  assertEquals([raised.agent_id, raised.raised_at, raised.cleared_at], ["librarian", AT, null]);
  const clear = { name: "over_budget", agent_instance_id, cleared_at: LATER };
  const cleared = (await caller.post("alerts/clear", clear)).json.details;
  assertEquals([cleared.id, cleared.status, cleared.cleared_at], [raised.id, "cleared", LATER]);
  assertEquals([cleared.severity, cleared.payload], ["warning", { spent: 12 }]);
  assertEquals((await caller.get(`alerts/${raised.id}`)).json.details, cleared);
  assertEquals({ ...caller.sandbox.alerts.get(raised.id) }, cleared);
  const again = await caller.post("alerts/clear", clear);
  assertEquals([again.status, again.json.code], [409, "invalid_action"]);
  assertEquals((await caller.get("alerts/none")).status, 404);
});

Deno.test("sandbox.fetch() changes an alert that is raised again, and creates one after a clear", async () => {
  const caller = new Caller();
  const agent_instance_id = await caller.start();
  const raise = async (fields: object) =>
    (await caller.post("alerts/raise", { ...ALERT, agent_instance_id, ...fields })).json.details;
  const first = await raise({ raised_at: AT });
  const again = await raise({ severity: "error", payload: {}, raised_at: LATER });
  assertEquals(again, { ...first, severity: "error", payload: {}, updated_at: again.updated_at });
  await caller.post("alerts/clear", { agent_instance_id, name: ALERT.name, severity: "info" });
  await raise({});
  assertEquals([...caller.sandbox.alerts.values()].map(({ status, severity }) => [status, severity]), [
    ["cleared", "info"],
    ["raised", "warning"],
  ]);
});

Deno.test("sandbox.fetch() rejects alerts of unknown instances and names", async () => {
  const caller = new Caller();
  const declared = await caller.start(declaring("over_budget"));
  const undeclared = await caller.start();
  const raise = (fields: object) => caller.post("alerts/raise", { ...ALERT, ...fields });
  assertEquals((await raise({ agent_instance_id: "none" })).status, 404);
  assertEquals((await raise({ agent_instance_id: undeclared, name: "any" })).status, 200);
  const other = await raise({ agent_instance_id: declared, name: "other" });
  assertEquals([other.status, codesOf(other.json.errors)], [422, { name: "invalid" }]);
  const wrong = await raise({ agent_instance_id: declared, severity: "fatal", payload: undefined });
  assertEquals(codesOf(wrong.json.errors), { severity: "invalid", payload: "required" });
});

Deno.test("sandbox.fetch() lists and counts alerts by their filters", async () => {
  const caller = new Caller();
  const a = await caller.start({ agent_id: "a", environment_id: "e" });
  const b = await caller.start({ agent_id: "b" });
  for (
    const [agent_instance_id, name, severity, raised_at] of [
      [a, "first", "info", AT],
      [a, "second", "error", LATER],
      [b, "third", "info", LATER],
    ]
  ) {
    await caller.post("alerts/raise", { agent_instance_id, name, severity, raised_at, payload: {} });
  }
  await caller.post("alerts/clear", { agent_instance_id: a, name: "first", cleared_at: AT });
  const table: [query: string, names: string[]][] = [
    ["", ["first", "second", "third"]],
    [`agent_instance_id=${a}`, ["first", "second"]],
    ["agent_id=b", ["third"]],
    ["environment_id=e", ["first", "second"]],
    ["status=raised", ["second", "third"]],
    ["severity=info", ["first", "third"]],
    ["severity=info&status=cleared", ["first"]],
    ["name=third", ["third"]],
    [`active_during[start_at]=${LATER}`, ["second", "third"]],
    [`active_during[finish_at]=${AT}`, ["first"]],
  ];
  for (const [query, names] of table) {
    const { summaries } = (await caller.get(`alerts?${query}`)).json;
    assertEquals([query, summaries.map(({ name }: { name: string }) => name)], [query, names]);
    assertEquals([query, (await caller.get(`alerts/count?${query}`)).json.count], [query, names.length]);
  }
  assertEquals((await caller.get("alerts?active_during[start_at]=today")).status, 422);
});

Deno.test("sandbox.fetch() adds control to the responses to alerts of a terminated instance", async () => {
  const caller = new Caller();
  const agent_instance_id = await caller.start();
  caller.sandbox.terminate(agent_instance_id, "enough");
  const { json } = await caller.post("alerts/raise", { ...ALERT, agent_instance_id });
  assertEquals(json.control, { terminate: true, reason: "enough" });
});

Deno.test("sandbox.fetch() renders the template of an alert, and lists alerts without their payloads", async () => {
  const caller = new Caller();
  const alert_schemas = [{ name: ALERT.name, schema: {}, template: "Spent {{ spent }}" }];
  const agent_instance_id = await caller.start({ agent_schema_version: { alert_schemas } });
  const raised = (await caller.post("alerts/raise", { ...ALERT, agent_instance_id })).json.details;
  assertEquals(raised.summary, "Spent 12");
  const { payload: _payload, payload_sensitive_encoding: _encoding, ...summary } = raised;
  assertEquals((await caller.get("alerts")).json.summaries, [summary]);
  const clear = { name: ALERT.name, agent_instance_id, payload: { spent: 13 } };
  assertEquals((await caller.post("alerts/clear", clear)).json.details.summary, "Spent 13");
});
