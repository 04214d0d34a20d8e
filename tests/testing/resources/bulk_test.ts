import { assertEquals } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, REGISTRATION, SPAN } from "../helpers.ts";

const KEY = { "idempotency-key": "key-00001" };

Deno.test("sandbox.fetch() carries out bulk items in order, with fields flat or in details", async () => {
  const caller = new Caller();
  const items = [
    { _type: "agent_instances/register", idempotency_key: "register-1", ...REGISTRATION, id: "i" },
    { _type: "agent_instances/start", idempotency_key: "start-0001", id: "i" },
    {
      _type: "agent_spans/create",
      idempotency_key: "create-001",
      ...SPAN,
      agent_instance_id: "i",
      id: "flat",
    },
    {
      _type: "agent_spans/create",
      idempotency_key: "create-002",
      details: { ...SPAN, agent_instance_id: "i" },
    },
    { _type: "agent_spans/finish", idempotency_key: "finish-001", agent_span_id: "flat", status: "failed" },
    { _type: "agent_instances/finish", idempotency_key: "finish-002", agent_instance_id: "i" },
  ];
  const { status, json } = await caller.post("bulk", { items });
  assertEquals([status, json.status], [200, "success"]);
  assertEquals(
    // deno-lint-ignore no-explicit-any
    Object.entries<any>(json.outputs).map(([key, output]) => [key, output.status, output.details.status]),
    [
      ["register-1", "success", "pending"],
      ["start-0001", "success", "active"],
      ["create-001", "success", "active"],
      ["create-002", "success", "active"],
      ["finish-001", "success", "failed"],
      ["finish-002", "success", "complete"],
    ],
  );
});

Deno.test("sandbox.fetch() stops a bulk request at the first error and keeps the items before it", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const create = { _type: "agent_spans/create", ...SPAN, agent_instance_id: id };
  const { status, json } = await caller.post("bulk", {
    items: [
      { ...create, idempotency_key: "create-001", id: "a" },
      { ...create, idempotency_key: "create-002", id: "a" },
      { ...create, idempotency_key: "create-003", id: "b" },
    ],
  });
  assertEquals([status, Object.keys(json.outputs)], [200, ["create-001", "create-002"]]);
  assertEquals(json.outputs["create-002"].errors.id.code, "taken");
  assertEquals([...caller.sandbox.spans.keys()], ["a"]);
});

for (
  const [name, item, field] of [
    ["of an unknown type", { _type: "agent_spans/paint" }, "_type"],
    ["without the id of its span", { _type: "agent_spans/finish" }, "agent_span_id"],
    ["without the fields of its span", { _type: "agent_spans/create" }, "schema_name"],
  ] as const
) {
  Deno.test(`sandbox.fetch() returns an error for a bulk item ${name}`, async () => {
    const { status, json } = await new Caller().post("bulk", {
      items: [{ ...item, idempotency_key: "key-00001" }],
    });
    const output = json.outputs["key-00001"];
    assertEquals([status, output.status, output.code], [200, "error", "validation_errors"]);
    assertEquals(output.errors[field].status, "error");
  });
}

Deno.test("sandbox.fetch() replays a bulk item by its own key", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const create = {
    _type: "agent_spans/create",
    idempotency_key: "create-001",
    ...SPAN,
    agent_instance_id: id,
  };
  const first = await caller.post("bulk", { items: [create] }, KEY);
  const again = await caller.post("bulk", { items: [create] }, { "idempotency-key": "other" });
  assertEquals(again.text, first.text);
  const other = await caller.post("bulk", { items: [{ ...create, status: "failed" }] });
  assertEquals(other.json.outputs["create-001"].errors.idempotency_key.code, "taken");
  assertEquals(caller.sandbox.spans.size, 1);
});

Deno.test("sandbox.fetch() reads in bulk requests, with the fields of the queries in the items", async () => {
  const caller = new Caller();
  const id = await caller.start();
  for (const span of ["a", "b", "c"]) await caller.createSpan(id, { id: span });
  const environment_id = caller.sandbox.instances.get(id)!.environment_id;
  const types = {
    "agents/list": {},
    "agents/show": { agent_id: "librarian", include_counts: true },
    "environments/list": {},
    "environments/show": { environment_id },
    "agent_instances/list": { agent_id: "librarian" },
    "agent_instances/show": { agent_instance_id: id, include_counts: true, external_identifier: null },
    "agent_spans/list": { agent_instance_id: id, pagination: { offset: 1, page_size: 1 } },
  };
  const items = Object.entries(types).map(([_type, fields]) => ({
    _type,
    idempotency_key: _type.padEnd(12, "-"),
    ...fields,
  }));
  const { outputs } = (await caller.post("bulk", { items })).json;
  const seen = Object.values(outputs).map((output) => {
    // deno-lint-ignore no-explicit-any
    const { summaries, details } = output as any;
    return summaries?.map(({ id }: { id: string }) => id) ?? details.id;
  });
  assertEquals(seen, [["librarian"], "librarian", [environment_id], environment_id, [id], id, ["b"]]);
  assertEquals(outputs["agents/show-"].details.instance_counts.total, 1);
});

Deno.test("sandbox.fetch() creates and updates an environment in a bulk request", async () => {
  const caller = new Caller(new PrefactorSandbox({ accountId: "acme" }));
  const items = [
    {
      _type: "environments/create",
      idempotency_key: "create-01",
      details: { id: "e", name: "A", account_id: "acme" },
    },
    {
      _type: "environments/update",
      idempotency_key: "update-01",
      environment_id: "e",
      details: { name: "B" },
    },
  ];
  const { outputs } = (await caller.post("bulk", { items })).json;
  assertEquals(outputs["update-01"].details.name, "B");
});
