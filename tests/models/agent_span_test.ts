import { assert, assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AgentSpanClient,
  type HttpRequester,
  isAgentSpan,
  isAgentSpanSummary,
  isCreateSpanRequest,
  isFinishSpanRequest,
  isGetSpanRequest,
  isListSpansRequest,
  PrefactorResponseContractError,
} from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import {
  absentOr,
  BOOLEAN,
  brokenCases,
  DATE_TIME,
  fields,
  literal,
  NUMBER,
  oneOf,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  type Rules,
  STRING,
  testGuards,
  testRequestGuards,
  TIMESTAMP,
} from "./break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "./page_params.ts";

const SPAN = {
  type: "agent_span",
  id: "s-1",
  agent_instance_id: "i-1",
  schema_name: "agent:llm",
  status: "complete",
  payload: { prompt: "Why?" },
  account_id: "ac-1",
  agent_id: "a-1",
  parent_span_id: "s-0",
  schema_title: "Model call",
  purpose: "activity",
  result_payload: { response: "Because" },
  summary: "small: Why? → Because",
  data_risk: { action_profile: {} },
  sensitive_encoding: false,
  payload_byte_size_estimate: 120,
  started_at: "2024-05-06T07:08:09Z",
  inserted_at: "2024-05-06T07:08:10Z",
  updated_at: "2024-05-06T07:08:11Z",
  finished_at: "2024-05-06T07:08:12Z",
};

const SPAN_RULES: Rules = {
  type: required(literal("agent_span")),
  ...fields("id agent_instance_id schema_name", required(STRING)),
  status: required(OPEN_ENUM),
  payload: absentOr(OPAQUE),
  ...fields("account_id agent_id parent_span_id schema_title summary", optional(STRING)),
  purpose: optional(OPEN_ENUM),
  ...fields("result_payload data_risk", optional(OPAQUE)),
  sensitive_encoding: optional(BOOLEAN),
  payload_byte_size_estimate: optional(NUMBER),
  ...fields("started_at inserted_at updated_at finished_at", optional(DATE_TIME)),
};

testGuards([
  [isAgentSpan, SPAN, SPAN_RULES],
  [isAgentSpanSummary, { ...SPAN, risk_level: "low", risk_score: 0.5 }, {
    ...SPAN_RULES,
    ...fields("type status risk_level", optional(OPEN_ENUM)),
    ...fields("agent_instance_id schema_name", optional(STRING)),
    payload: optional(OPAQUE),
    risk_score: optional(NUMBER),
  }],
]);

testRequestGuards([
  [
    isCreateSpanRequest,
    {
      agent_instance_id: "i-1",
      schema_name: "agent:llm",
      status: "active",
      payload: { prompt: "Why?" },
      result_payload: { response: "Because" },
      id: "s-1",
      parent_span_id: "s-0",
      started_at: new Date(0),
      finished_at: "2024-05-06T07:08:09Z",
      sensitive_encoding: true,
      idempotency_key: "k-1",
    },
    {
      ...fields("agent_instance_id schema_name", required(STRING)),
      status: required(oneOf("pending", "active", "complete", "failed", "cancelled")),
      ...fields("payload result_payload", optional(OPAQUE)),
      ...fields("id parent_span_id idempotency_key", optional(STRING)),
      ...fields("started_at finished_at", optional(TIMESTAMP)),
      sensitive_encoding: optional(BOOLEAN),
    },
  ],
  [
    isFinishSpanRequest,
    {
      status: "failed",
      result_payload: { error: "timeout" },
      timestamp: new Date(0),
      sensitive_encoding: false,
      idempotency_key: "k-1",
    },
    {
      status: optional(oneOf("complete", "failed", "cancelled")),
      result_payload: optional(OPAQUE),
      timestamp: optional(TIMESTAMP),
      sensitive_encoding: optional(BOOLEAN),
      idempotency_key: optional(STRING),
    },
  ],
  [isGetSpanRequest, { redacted: true }, { redacted: optional(BOOLEAN) }],
  [
    isListSpansRequest,
    {
      agent_instance_id: "i-1",
      start_time: new Date(0),
      end_time: "2024-05-06T07:08:09Z",
      include_summaries: true,
      include_risk_level: false,
      ...PAGE_PARAMS,
    },
    {
      agent_instance_id: {
        ...required(STRING),
        missing: { path: "agent_id", expected: "a string if 'agent_instance_id' is absent" },
      },
      ...fields("start_time end_time", optional(TIMESTAMP)),
      ...fields("include_summaries include_risk_level", optional(BOOLEAN)),
      ...PAGE_PARAMS_RULES,
    },
  ],
]);

Deno.test("isAgentSpanSummary() requires only the ID", () => {
  assert(isAgentSpanSummary({ id: "" }));
});

Deno.test("isCreateSpanRequest() rejects the status terminated", () => {
  const request = { agent_instance_id: "i-1", schema_name: "agent:llm" };
  assertFalse(isCreateSpanRequest({ ...request, status: "terminated" }));
});

Deno.test("isListSpansRequest() accepts exactly one of an instance and an agent", () => {
  assert(isListSpansRequest({ agent_id: "a-1" }));
  assert(isListSpansRequest({ agent_instance_id: "i-1", agent_id: null }));
  const issue = findIssue(isListSpansRequest, { agent_instance_id: "i-1", agent_id: "a-1" });
  assertEquals([issue?.path, issue?.expected], ["agent_id", "absent if 'agent_instance_id' is given"]);
});

/** Creates a requester that responds to every request with these details. */
function respondWith(details: unknown): HttpRequester {
  const response = { status: "success", details } as Awaited<ReturnType<HttpRequester["request"]>>;
  return { request: () => Promise.resolve(response) };
}

Deno.test("AgentSpanClient returns the span with its unknown fields", async () => {
  const details = { ...SPAN, status: "paused", x_new: { a: [1] } };
  const client = new AgentSpanClient(respondWith(details));
  const params = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" } as const;
  assertEquals<unknown>(await client.create(params), details);
  assertEquals<unknown>(await client.finish("s-1"), details);
});

Deno.test("AgentSpanClient names the first invalid field of a response and keeps the body", async () => {
  for (const { value, path, found } of brokenCases(SPAN, SPAN_RULES)) {
    const client = new AgentSpanClient(respondWith(value));
    for (
      const call of [
        () => client.create({ agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" }),
        () => client.finish("s-1"),
      ]
    ) {
      const error = await assertRejects(call, PrefactorResponseContractError);
      assertEquals(error.path, `details.${path}`, Deno.inspect(found));
      assertStringIncludes(error.message, `'details.${path}'`);
      assertEquals(error.body, { status: "success", details: value });
    }
  }
});

Deno.test("AgentSpanClient names the first of several invalid fields and cuts its value", async () => {
  const details = { ...SPAN, schema_name: 7, status: "x".repeat(10_000), started_at: "y".repeat(10_000) };
  const client = new AgentSpanClient(respondWith(details));
  const first = await assertRejects(() => client.finish("s-1"), PrefactorResponseContractError);
  assertEquals(first.path, "details.schema_name");
  assertStringIncludes(first.message, "a string, but is 7");

  const later = new AgentSpanClient(respondWith({ ...details, schema_name: "agent:llm" }));
  const second = await assertRejects(() => later.finish("s-1"), PrefactorResponseContractError);
  assertEquals(second.path, "details.started_at");
  assertStringIncludes(second.message, '"yyyyyyyyyy');
  assertEquals(second.message.length < 300, true);
});
