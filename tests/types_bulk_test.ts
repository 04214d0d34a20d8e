/** Checks at compile time which items `bulkItem()` accepts. */

import { assertEquals } from "@std/assert";
import { type BulkItem, bulkItem, type BulkItemParams, type BulkItemType } from "../mod.ts";

/** Never called: the compiler checks its calls, and that those marked with `@ts-expect-error` do not compile. */
export function items(id: string): BulkItem[] {
  const span = { agent_instance_id: id, schema_name: "search", status: "active" } as const;
  return [
    bulkItem("agent_instances/register", { agent_version: {}, agent_schema_version: {} }),
    bulkItem("agent_instances/start", { agent_instance_id: id, timestamp: new Date() }),
    bulkItem("agent_instances/finish", { agent_instance_id: id, status: "cancelled" }),
    bulkItem("agent_spans/create", { ...span, started_at: "2024-05-06T07:08:09Z", idempotency_key: null }),
    bulkItem("agent_spans/finish", { agent_span_id: id, result_payload: { hits: 3 } }),

    // @ts-expect-error -- no such type
    bulkItem("agent_spans/delete", { agent_span_id: id }),
    // @ts-expect-error -- a missing id
    bulkItem("agent_spans/finish", { status: "complete" }),
    // @ts-expect-error -- the id of another resource
    bulkItem("agent_spans/finish", { agent_instance_id: id }),
    // @ts-expect-error -- a field of another operation
    bulkItem("agent_spans/finish", { agent_span_id: id, schema_name: "search" }),
    // @ts-expect-error -- a status that no finish takes
    bulkItem("agent_spans/finish", { agent_span_id: id, status: "active" }),
    // @ts-expect-error -- a missing field
    bulkItem("agent_spans/create", { agent_instance_id: id, status: "active" }),
    // @ts-expect-error -- a wrong value
    bulkItem("agent_spans/create", { ...span, started_at: 0 }),
    // @ts-expect-error -- no params
    bulkItem("agent_instances/start"),
  ];
}

/** Compiles for a type that is only known at run time. */
export function item<Type extends BulkItemType>(type: Type, params: BulkItemParams[Type]): BulkItem {
  return bulkItem(type, params);
}

Deno.test("bulkItem() compiles for every type at run time", () => {
  assertEquals(item("agent_spans/finish", { agent_span_id: "s-1" })._type, "agent_spans/finish");
});
