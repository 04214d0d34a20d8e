import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { type BulkItem, PrefactorClientError } from "../../mod.ts";
import { failureOf, json, makeClient } from "../helpers.ts";

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
