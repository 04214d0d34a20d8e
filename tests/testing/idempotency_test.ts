import { assertEquals, assertNotEquals } from "@std/assert";
import { Caller, REGISTRATION, SPAN } from "./helpers.ts";

const KEY = { "idempotency-key": "key-00001" };

Deno.test("sandbox.fetch() replays the first answer to a key, byte for byte", async () => {
  const caller = new Caller();
  const first = await caller.post("agent_instance/register", REGISTRATION, KEY);
  await caller.post(`agent_instance/${first.json.details.id}/start`);
  const second = await caller.post("agent_instance/register", REGISTRATION, KEY);
  assertEquals([second.status, second.text], [200, first.text]);
  assertNotEquals(second.headers.get("x-request-id"), first.headers.get("x-request-id"));
  assertEquals(caller.sandbox.instances.size, 1);
});

Deno.test("sandbox.fetch() reads the key from the body before the header", async () => {
  const caller = new Caller();
  const body = { ...REGISTRATION, idempotency_key: "key-00002" };
  const first = await caller.post("agent_instance/register", body, KEY);
  const second = await caller.post("agent_instance/register", body, { "idempotency-key": "other" });
  const third = await caller.post("agent_instance/register", REGISTRATION, KEY);
  assertEquals(second.text, first.text);
  assertNotEquals(third.text, first.text);
});

Deno.test("sandbox.fetch() refuses another body under the same key", async () => {
  const caller = new Caller();
  await caller.post("agent_instance/register", REGISTRATION, KEY);
  const { status, json } = await caller.post(
    "agent_instance/register",
    { ...REGISTRATION, purpose: "eval" },
    KEY,
  );
  assertEquals([status, json.code, json.errors.idempotency_key.code], [422, "validation_errors", "taken"]);
  assertEquals(caller.sandbox.instances.size, 1);
});

Deno.test("sandbox.fetch() keeps a key to one method and path", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const started = await caller.post(`agent_instance/${id}/start`, {}, KEY);
  const finished = await caller.post(`agent_instance/${id}/finish`, {}, KEY);
  assertEquals([started.json.details.status, finished.json.details.status], ["active", "complete"]);
});

Deno.test("sandbox.fetch() replays an error of an operation, but none from before it", async () => {
  const caller = new Caller();
  assertEquals((await caller.post("agent_instance/mine/start", {}, KEY)).status, 404);
  await caller.register({ id: "mine" });
  assertEquals((await caller.post("agent_instance/mine/start", {}, KEY)).status, 404);
  assertEquals((await caller.post("agent_instance/register", "{", KEY)).status, 400);
  assertEquals((await caller.post("agent_instance/register", REGISTRATION, KEY)).status, 200);
});

Deno.test("sandbox.fetch() processes requests at the same time under the same key once", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const body = { details: { ...SPAN, agent_instance_id: id }, idempotency_key: "key-00001" };
  const replies = await Promise.all(Array.from({ length: 20 }, () => caller.post("agent_spans", body)));
  assertEquals(new Set(replies.map(({ text }) => text)).size, 1);
  assertEquals(caller.sandbox.spans.size, 1);
});

Deno.test("sandbox.fetch() replays what was answered before a termination as it was", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const first = await caller.post(`agent_instance/${id}/start`, {}, KEY);
  caller.sandbox.terminate(id, "stop");
  assertEquals((await caller.post(`agent_instance/${id}/start`, {}, KEY)).text, first.text);
});

Deno.test("sandbox.fetch() carries bulk items out in order, flat or in details", async () => {
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

Deno.test("sandbox.fetch() stops a bulk request at the first error and keeps what came before", async () => {
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
  Deno.test(`sandbox.fetch() answers a bulk item ${name} by its error`, async () => {
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
