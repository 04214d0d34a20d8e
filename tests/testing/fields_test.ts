import { assertEquals } from "@std/assert";
import { Caller, codesOf, REGISTRATION, SPAN } from "./helpers.ts";

for (
  const [path, body, errors] of [
    ["agent_instance/register", {}, {
      agent_id: "required",
      agent_version: "required",
      agent_schema_version: "required",
    }],
    ["agent_instance/register", { ...REGISTRATION, agent_id: "" }, { agent_id: "invalid" }],
    ["agent_instance/register", { ...REGISTRATION, agent_version: { name: 1 } }, {
      agent_version: { name: "invalid" },
    }],
    [
      "agent_instance/register",
      { ...REGISTRATION, agent_schema_version: { span_type_schemas: [{ name: "a" }] } },
      { agent_schema_version: { span_type_schemas: { 0: { params_schema: "required" } } } },
    ],
    ["agent_instance/register", { ...REGISTRATION, purpose: "fun", id: 5 }, {
      id: "invalid",
      purpose: "invalid",
    }],
    ["agent_instance/register", { ...REGISTRATION, idempotency_key: "k".repeat(65) }, {
      idempotency_key: "invalid",
    }],
    ["agent_spans", {}, { details: "required" }],
    ["agent_spans", SPAN, { details: "required" }],
    ["agent_spans", { details: {} }, {
      details: {
        agent_instance_id: "required",
        schema_name: "required",
        status: "required",
        payload: "required",
      },
    }],
    ["agent_spans", {
      details: { ...SPAN, agent_instance_id: "i", status: "terminated", started_at: "2024-13-01" },
    }, {
      details: { status: "invalid", started_at: "invalid" },
    }],
    ["bulk", {}, { items: "required" }],
    ["bulk", { items: [] }, { items: "required" }],
    ["bulk", { items: 1 }, { items: "invalid" }],
    ["bulk", { items: [1, { _type: "a", idempotency_key: "short" }] }, {
      items: { 0: "invalid", 1: { idempotency_key: "invalid" } },
    }],
    ["bulk", {
      items: [{ _type: "a", idempotency_key: "12345678" }, { _type: "a", idempotency_key: "12345678" }],
    }, {
      items: { 1: { idempotency_key: "taken" } },
    }],
  ] as const
) {
  Deno.test(`sandbox.fetch() rejects ${path} ${JSON.stringify(body).slice(0, 90)}`, async () => {
    const { status, json } = await new Caller().post(path, body);
    assertEquals([status, json.code, codesOf(json.errors)], [422, "validation_errors", errors]);
  });
}
