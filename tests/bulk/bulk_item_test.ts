import { assertEquals, assertInstanceOf, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type BulkItem,
  bulkItem,
  type BulkItemParams,
  type BulkItemType,
  PrefactorClientError,
  type PrefactorHttpClient,
} from "../../mod.ts";
import { BULK_OPERATIONS } from "../../src/bulk/bulk_item.ts";
import { failureOf, json, makeClient, ok } from "../helpers.ts";

async function sentItem(item: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { client, sent } = makeClient(() => json({ status: "success", outputs: {} }));
  await client.bulk.execute({ items: [{ idempotency_key: "key-00001", ...item } as BulkItem] });
  const { idempotency_key: _, ...fields } = JSON.parse(sent[0]!.body!).items[0];
  return fields;
}

Deno.test("BulkClient.execute() encodes the fields of an item like the single operation", async () => {
  const at = new Date("2024-05-06T07:08:09Z");
  const span = { agent_instance_id: "i-1", schema_name: "search", status: "active" };
  const cases: [item: Record<string, unknown>, sent: Record<string, unknown>][] = [
    [
      { _type: "agent_spans/create", ...span, started_at: at, parent_span_id: null },
      { _type: "agent_spans/create", ...span, started_at: at.toISOString(), payload: {} },
    ],
    [
      { _type: "agent_spans/create", details: { ...span, payload: { q: 1 }, id: undefined } },
      { _type: "agent_spans/create", details: { ...span, payload: { q: 1 } } },
    ],
    [
      { _type: "agent_spans/finish", agent_span_id: "s-1", timestamp: at },
      { _type: "agent_spans/finish", agent_span_id: "s-1", timestamp: at.toISOString() },
    ],
    [
      { _type: "agent_instances/register", agent_id: "a-1" },
      { _type: "agent_instances/register", agent_id: "a-1", update_current_version: true },
    ],
    [
      { _type: "agents/unknown", name: null },
      { _type: "agents/unknown", name: null },
    ],
  ];
  for (const [item, sent] of cases) assertEquals(await sentItem(item), sent);
});

Deno.test("BulkClient.execute() rejects an invalid Date in an item", async () => {
  const { client, sent } = makeClient(() => json({ outputs: {} }));
  const item = { _type: "agent_spans/finish", idempotency_key: "key-00001", timestamp: new Date(NaN) };
  const error = await failureOf(client.bulk.execute({ items: [item] }));
  assertInstanceOf(error, PrefactorClientError);
  assertStringIncludes(error.message, "timestamp' must be a valid Date");
  assertEquals(sent.length, 0);
});

const AT = new Date("2024-05-06T07:08:09Z");

/** Params of each operation, with every kind of field; the ID of the path comes first if there is one. */
const PARAMS: { [Type in BulkItemType]: BulkItemParams[Type] } = {
  "agent_instances/register": {
    agent_id: "librarian",
    environment_id: null,
    agent_version: { name: "Librarian" },
    agent_schema_version: { external_identifier: "1" },
  },
  "agent_instances/start": { agent_instance_id: "i/1", timestamp: AT },
  "agent_instances/finish": { agent_instance_id: "i/1", status: "failed", timestamp: undefined },
  "agent_spans/create": {
    agent_instance_id: "i/1",
    schema_name: "search",
    status: "complete",
    started_at: AT,
    result_payload: { hits: 3 },
    parent_span_id: null,
  },
  "agent_spans/finish": { agent_span_id: "s/1", status: "complete", timestamp: AT },
  "agents/create": { name: "Librarian", description: null },
  "agents/update": { agent_id: "a/1", team_id: null },
};

/** Makes the single operation of an item. */
const SINGLE: { [Type in BulkItemType]: (client: PrefactorHttpClient, params: never) => Promise<unknown> } = {
  "agent_instances/register": ({ agentInstances }, params) => agentInstances.register(params),
  "agent_instances/start": ({ agentInstances }, params) => agentInstances.start("i/1", params),
  "agent_instances/finish": ({ agentInstances }, params) => agentInstances.finish("i/1", params),
  "agent_spans/create": ({ agentSpans }, params) => agentSpans.create(params),
  "agent_spans/finish": ({ agentSpans }, params) => agentSpans.finish("s/1", params),
  "agents/create": ({ agents }, params) => agents.create(params),
  "agents/update": ({ agents }, params) => agents.update("a/1", params),
};

const TYPES = Object.keys(PARAMS) as BulkItemType[];

Deno.test("bulkItem() encodes the params as the single operation does, with the ID of the path as a field", async () => {
  for (const type of TYPES) {
    const { idField } = BULK_OPERATIONS[type];
    const { [idField ?? ""]: id, ...params } = { ...PARAMS[type] } as Record<string, unknown>;
    const { client, sent } = makeClient(ok);
    await failureOf(SINGLE[type](client, { ...params, idempotency_key: "key-00001" } as never));
    assertEquals<unknown>(bulkItem(type, { ...PARAMS[type], idempotency_key: "key-00001" } as never), {
      _type: type,
      ...(idField !== undefined && { [idField]: id }),
      ...JSON.parse(sent[0]!.body!),
    });
  }
});

Deno.test("bulkItem() has a row for each operation that can be an item", () => {
  for (const [type, { bulkType }] of Object.entries(BULK_OPERATIONS)) assertEquals(bulkType, type);
  assertEquals(Object.keys(BULK_OPERATIONS), TYPES);
});

Deno.test("bulkItem() generates a key unless there is one", () => {
  const params = { agent_span_id: "s-1" };
  const keys = [undefined, null].map((idempotency_key) =>
    bulkItem("agent_spans/finish", { ...params, idempotency_key }).idempotency_key
  );
  for (const key of keys) assertMatch(key, /^[0-9a-f-]{36}$/);
  assertEquals(new Set(keys).size, 2);
  const given = bulkItem("agent_spans/finish", { ...params, idempotency_key: "k".repeat(8) });
  assertEquals(given.idempotency_key, "k".repeat(8));
});

Deno.test("bulkItem() rejects a wrong type or param, and names it", () => {
  const create = PARAMS["agent_spans/create"];
  const table: [type: unknown, params: unknown, message: string][] = [
    [
      "agent_spans/delete",
      {},
      "Cannot create the bulk item: 'type' must be one of agent_instances/register, ",
    ],
    ["toString", {}, "Cannot create the bulk item: 'type' must be one of "],
    [undefined, {}, "Cannot create the bulk item: 'type' must be one of "],
    ["agent_spans/create", null, "Cannot create the span: 'params' must be an object, but is null"],
    ["agent_spans/create", { ...create, status: "done" }, "Cannot create the span: 'status' must be one of "],
    [
      "agent_spans/create",
      { ...create, started_at: new Date(NaN) },
      "Cannot create the span: 'started_at' must be",
    ],
    ["agent_spans/finish", {}, "Cannot finish the span: 'agent_span_id' must be an id that a path can hold"],
    ["agent_spans/finish", { agent_span_id: ".." }, "Cannot finish the span: 'agent_span_id' must be an id"],
    [
      "agent_instances/start",
      { agent_instance_id: "" },
      "Cannot start the agent instance: 'agent_instance_id' must be an id",
    ],
    [
      "agent_spans/finish",
      { agent_span_id: "s-1", idempotency_key: "k".repeat(7) },
      "Cannot finish the span: 'idempotency_key' must be 8 to 64 printable ASCII characters",
    ],
    [
      "agent_spans/finish",
      { agent_span_id: "s-1", idempotency_key: "k".repeat(65) },
      "Cannot finish the span: 'idempotency_key' must be ",
    ],
  ];
  for (const [type, params, message] of table) {
    const error = assertThrows(() => bulkItem(type as BulkItemType, params as never), PrefactorClientError);
    assertStringIncludes(error.message, message);
  }
});
