import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AgentSpanClient,
  type HttpRequester,
  isAgentSpan,
  isCreateSpanRequest,
  isFinishSpanRequest,
  PrefactorResponseContractError,
} from "../../mod.ts";
import {
  absentOr,
  breakEveryLeaf,
  brokenCases,
  DATE_TIME,
  literal,
  oneOf,
  OPAQUE,
  optional,
  required,
  type Rules,
  STRING,
  TIMESTAMP,
} from "./break_every_leaf.ts";

const SPAN = {
  type: "agent_span",
  id: "s-1",
  agent_instance_id: "i-1",
  schema_name: "agent:llm",
  status: "complete",
  account_id: "ac-1",
  agent_id: "a-1",
  parent_span_id: "s-0",
  schema_title: "Model call",
  payload: { prompt: "Why?" },
  result_payload: { response: "Because" },
  summary: "small: Why? → Because",
  started_at: "2024-05-06T07:08:09Z",
  inserted_at: "2024-05-06T07:08:10Z",
  updated_at: "2024-05-06T07:08:11Z",
  finished_at: "2024-05-06T07:08:12Z",
};

const SPAN_RULES: Rules = {
  type: required(literal("agent_span")),
  id: required(STRING),
  agent_instance_id: required(STRING),
  schema_name: required(STRING),
  status: required({ ...STRING, right: ["active", "a status of tomorrow", ""] }),
  account_id: optional(STRING),
  agent_id: optional(STRING),
  parent_span_id: optional(STRING),
  schema_title: optional(STRING),
  payload: absentOr(OPAQUE),
  result_payload: optional(OPAQUE),
  summary: optional(STRING),
  started_at: optional(DATE_TIME),
  inserted_at: optional(DATE_TIME),
  updated_at: optional(DATE_TIME),
  finished_at: optional(DATE_TIME),
};

/** What answers every request with the given details. */
function answering(details: unknown): HttpRequester {
  const answer = { status: "success", details } as Awaited<ReturnType<HttpRequester["request"]>>;
  return { request: () => Promise.resolve(answer) };
}

Deno.test("isAgentSpan() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isAgentSpan, SPAN, SPAN_RULES);
});

Deno.test("isCreateSpanRequest() refuses each wrong field and the fault names it", () => {
  const request = {
    agent_instance_id: "i-1",
    schema_name: "agent:llm",
    status: "active",
    payload: { prompt: "Why?" },
    result_payload: { response: "Because" },
    id: "s-1",
    parent_span_id: "s-0",
    started_at: new Date(0),
    finished_at: "2024-05-06T07:08:09Z",
    idempotency_key: "k-1",
  };
  breakEveryLeaf(isCreateSpanRequest, request, {
    agent_instance_id: required(STRING),
    schema_name: required(STRING),
    status: required(oneOf("pending", "active", "complete", "failed", "cancelled", "terminated")),
    payload: optional(OPAQUE),
    result_payload: optional(OPAQUE),
    id: optional(STRING),
    parent_span_id: optional(STRING),
    started_at: optional(TIMESTAMP),
    finished_at: optional(TIMESTAMP),
    idempotency_key: optional(STRING),
  });
});

Deno.test("isFinishSpanRequest() refuses each wrong field and the fault names it", () => {
  const request = {
    status: "failed",
    result_payload: { error: "timeout" },
    timestamp: new Date(0),
    idempotency_key: "k-1",
  };
  breakEveryLeaf(isFinishSpanRequest, request, {
    status: optional(oneOf("complete", "failed", "cancelled")),
    result_payload: optional(OPAQUE),
    timestamp: optional(TIMESTAMP),
    idempotency_key: optional(STRING),
  });
});

Deno.test("AgentSpanClient gives back the span as it came, with what it does not know", async () => {
  const details = { ...SPAN, status: "paused", x_new: { a: [1] } };
  const client = new AgentSpanClient(answering(details));
  const params = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" } as const;
  assertEquals<unknown>(await client.create(params), details);
  assertEquals<unknown>(await client.finish("s-1"), details);
});

Deno.test("AgentSpanClient names the first wrong field of an answer and keeps the answer", async () => {
  for (const { value, path, found } of brokenCases(SPAN, SPAN_RULES)) {
    const client = new AgentSpanClient(answering(value));
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

Deno.test("AgentSpanClient names the first of several wrong fields, and shortens what came", async () => {
  const details = { ...SPAN, schema_name: 7, status: "x".repeat(10_000), started_at: "y".repeat(10_000) };
  const client = new AgentSpanClient(answering(details));
  const first = await assertRejects(() => client.finish("s-1"), PrefactorResponseContractError);
  assertEquals(first.path, "details.schema_name");
  assertStringIncludes(first.message, "a string, but is 7");

  const later = new AgentSpanClient(answering({ ...details, schema_name: "agent:llm" }));
  const second = await assertRejects(() => later.finish("s-1"), PrefactorResponseContractError);
  assertEquals(second.path, "details.started_at");
  assertStringIncludes(second.message, '"yyyyyyyyyy');
  assertEquals(second.message.length < 300, true);
});
