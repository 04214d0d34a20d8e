import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { createPfid, parsePfid } from "../../src/pfid.ts";
import { Bounds } from "../../src/testing/collection.ts";
import {
  createAccount,
  hasEnded,
  type SandboxInstance,
  type SandboxSpan,
  Store,
} from "../../src/testing/store.ts";

const TIME = "2024-05-06T07:08:09.000Z";
const COUNTS = { total: 0, pending: 0, active: 0, complete: 0, failed: 0, cancelled: 0, finished: 0 };

/** Creates a store with one instance. */
function setUp(maxRecords = 100): { store: Store; instance: () => SandboxInstance } {
  const store = new Store(createAccount("account", undefined), new Bounds(maxRecords, Infinity), () => []);
  store.addInstance(createInstance("i-1"));
  return { store, instance: () => store.instances.get("i-1")! };
}

function createInstance(id: string): SandboxInstance {
  return {
    type: "agent_instance",
    id,
    account_id: "account",
    agent_id: "a-1",
    agent_schema_version_id: "v-1",
    status: "active",
    span_counts: COUNTS,
    inserted_at: TIME,
    updated_at: TIME,
  } as SandboxInstance;
}

function createSpan(id: string, status: SandboxSpan["status"] = "active"): SandboxSpan {
  return {
    type: "agent_span",
    id,
    agent_instance_id: "i-1",
    schema_name: "agent:llm",
    status,
    payload: {},
    updated_at: TIME,
  } as SandboxSpan;
}

Deno.test("createAccount() creates IDs in the partition of the account", () => {
  const id = createPfid({ partition: 12_345 });
  const account = createAccount(id, undefined);
  assertEquals([account.id, account.deployment], [id, undefined]);
  assertEquals(parsePfid(account.createId()).partition, 12_345);
  assertEquals(parsePfid(account.environmentId).partition, 12_345);
});

Deno.test("createAccount() derives the partition of any other account ID from its text", () => {
  const partitionOf = (id: string) => parsePfid(createAccount(id, undefined).createId()).partition;
  assertEquals(partitionOf("account"), partitionOf("account"));
  assertNotEquals(partitionOf("account"), partitionOf("accounts"));
});

Deno.test("createAccount() fills in the IDs of a deployment", () => {
  const { environmentId, deployment } = createAccount("account", { agentId: "a-1" });
  assertEquals([deployment?.agentId, deployment?.environmentId], ["a-1", environmentId]);
  assertEquals(parsePfid(deployment!.id).partition, parsePfid(environmentId).partition);
  const given = { id: "d-1", agentId: "a-1", environmentId: "e-1" };
  assertEquals(createAccount("account", given).deployment, given);
});

Deno.test("Store counts the spans of an instance by status, through their changes", () => {
  const { store, instance } = setUp();
  store.addSpan(createSpan("s-1"), instance());
  store.addSpan(createSpan("s-2", "pending"), instance());
  store.addSpan(createSpan("s-3"), instance());
  assertEquals(instance().span_counts, { ...COUNTS, total: 3, active: 2, pending: 1 });
  store.changeSpan(store.spans.get("s-1")!, { status: "complete" });
  store.changeSpan(store.spans.get("s-2")!, { status: "cancelled" });
  store.changeSpan(store.spans.get("s-3")!, { status: "terminated" });
  assertEquals(instance().span_counts, { ...COUNTS, total: 3, complete: 1, cancelled: 1, finished: 3 });
});

Deno.test("Store replaces a record that changes, with the time of the change", () => {
  const { store, instance } = setUp();
  const before = instance();
  const after = store.changeInstance(before, { status: "failed" });
  assertStrictEquals(instance(), after);
  assertEquals([before.status, before.updated_at, after.status], ["active", TIME, "failed"]);
  assertNotEquals(after.updated_at, TIME);
});

Deno.test("Store.spansOf() returns the spans of an instance in the order of their creation", () => {
  const { store, instance } = setUp();
  for (const id of ["s-2", "s-1"]) store.addSpan(createSpan(id), instance());
  store.changeSpan(store.spans.get("s-2")!, { status: "failed" });
  assertEquals(store.spansOf("i-1").map(({ id, status }) => [id, status]), [["s-2", "failed"], [
    "s-1",
    "active",
  ]]);
  assertEquals(store.spansOf("none"), []);
});

Deno.test("Store drops the spans of an instance with it", () => {
  const { store, instance } = setUp(2);
  store.addSpan(createSpan("s-1"), instance());
  store.addInstance(createInstance("i-2"));
  store.addInstance(createInstance("i-3"));
  assertEquals([[...store.instances.records.keys()], store.spans.records.size], [["i-2", "i-3"], 0]);
});

Deno.test("Store.schemasOf() returns the schemas of an instance, empty if there are none", () => {
  const { store } = setUp();
  const none = { span_type_schemas: {}, quality_schemas: {}, alert_schemas: {} };
  assertEquals([store.schemasOf("i-1"), store.schemasOf("none")], [none, none]);
  const version = { ...none, id: "v-1", quality_schemas: { tone: { name: "tone", schema: {} } } };
  store.plainRecords("agent_schema_version").set("v-1", version);
  assertEquals(store.schemasOf("i-1"), version);
});

Deno.test("Store.plainRecords() keeps the records of each type apart", () => {
  const { store } = setUp();
  store.plainRecords("person").set("p-1", { id: "p-1" });
  assertEquals(store.plainRecords("person").get("p-1"), { id: "p-1" });
  assertEquals(store.plainRecords("team").records.size, 0);
});

Deno.test("hasEnded() is true for the final statuses", () => {
  const statuses = ["pending", "active", "complete", "failed", "cancelled", "terminated"] as const;
  assertEquals(statuses.filter((status) => hasEnded({ status })), [
    "complete",
    "failed",
    "cancelled",
    "terminated",
  ]);
});
