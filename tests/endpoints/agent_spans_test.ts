import { assertEquals, assertNotStrictEquals, assertRejects } from "@std/assert";
import { assertSpyCalls } from "@std/testing/mock";
import {
  AgentSpanClient,
  type CreateSpanRequest,
  FINISH_STATUSES,
  type JsonObject,
  PrefactorClientError,
} from "../../mod.ts";
import { json, makeClient } from "../helpers.ts";
import { recordRequests } from "./recording_requester.ts";
import { BOOLEAN, OBJECT, oneOf, pageParams, required, STRING, testEndpoint, TIMESTAMP } from "./table.ts";

const SPAN = {
  type: "agent_span",
  id: "s-1",
  agent_instance_id: "i-1",
  schema_name: "agent:llm",
  status: "active",
};
const RESPONSE = { status: "success", details: SPAN };

const PAGE = { status: "success", summaries: [{ id: "s-1" }], pagination: null, sorting: null };
const LIST = pageParams({ agent_instance_id: "i-1" });

const CREATE = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" } as const;

testEndpoint({
  Client: AgentSpanClient,
  of: ({ agentSpans }) => agentSpans,
  heading: "Spans",
  operations: {
    create: {
      action: "create the span",
      request: "POST /api/v1/agent_spans",
      call: (spans, { params, options }) => spans.create(params, options),
      params: {
        sentIn: "details",
        required: CREATE,
        defaults: { payload: {} },
        all: {
          agent_instance_id: "i-1",
          schema_name: "agent:llm",
          status: "complete",
          payload: { prompt: "Why → é?", nothing: null, at: [1, { b: false }] },
          result_payload: { response: "Because" },
          id: "s-1",
          parent_span_id: "s-0",
          started_at: new Date("2024-05-06T09:08:09+02:00"),
          finished_at: "2024-05-06T07:08:10+00:00",
          sensitive_encoding: true,
        },
        converted: { started_at: "2024-05-06T07:08:09.000Z" },
        types: {
          agent_instance_id: required(STRING),
          schema_name: required(STRING),
          status: required(oneOf(["pending", "active", "complete", "failed", "cancelled"], "terminated")),
          payload: OBJECT,
          result_payload: OBJECT,
          id: STRING,
          parent_span_id: STRING,
          started_at: TIMESTAMP,
          finished_at: TIMESTAMP,
          sensitive_encoding: BOOLEAN,
        },
      },
      response: RESPONSE,
      result: SPAN,
    },
    finish: {
      action: "finish the span",
      request: "POST /api/v1/agent_spans/{id}/finish",
      call: (spans, { id, params, options }) => spans.finish(id, params, options),
      params: {
        sentIn: "body",
        all: {
          status: "cancelled",
          result_payload: { hits: 3 },
          timestamp: new Date("2024-05-06T09:08:11+02:00"),
          sensitive_encoding: false,
        },
        converted: { timestamp: "2024-05-06T07:08:11.000Z" },
        types: {
          status: oneOf(FINISH_STATUSES, "active"),
          result_payload: OBJECT,
          timestamp: TIMESTAMP,
          sensitive_encoding: BOOLEAN,
        },
      },
      response: RESPONSE,
      result: SPAN,
    },
    discardSensitive: {
      action: "discard the sensitive values of the span",
      request: "POST /api/v1/agent_spans/{id}/discard_sensitive",
      call: (spans, { id, params, options }) => spans.discardSensitive(id, params, options),
      params: { sentIn: "body", all: {}, types: {} },
      response: RESPONSE,
      result: SPAN,
    },
    get: {
      action: "get the span",
      request: "GET /api/v1/agent_spans/{id}",
      call: (spans, { id, params, options }) => spans.get(id, params, options),
      params: { sentIn: "query", all: { redacted: true }, types: { redacted: BOOLEAN } },
      response: RESPONSE,
      result: SPAN,
    },
    list: {
      action: "list the spans",
      request: "GET /api/v1/agent_spans",
      call: (spans, { params, options }) => spans.list(params, options),
      params: {
        sentIn: "query",
        required: { agent_instance_id: "i-1" },
        exactlyOne: ["agent_instance_id", "agent_id"],
        all: {
          agent_instance_id: "i-1",
          start_time: new Date("2024-05-06T09:08:09+02:00"),
          end_time: "2024-05-07T00:00:00+02:00",
          include_summaries: true,
          include_risk_level: false,
          ...LIST.all,
        },
        converted: { start_time: "2024-05-06T07:08:09.000Z", ...LIST.converted },
        types: {
          start_time: TIMESTAMP,
          end_time: TIMESTAMP,
          include_summaries: BOOLEAN,
          include_risk_level: BOOLEAN,
          ...LIST.types,
        },
      },
      response: PAGE,
      result: PAGE,
    },
  },
});

Deno.test("AgentSpanClient.create() creates a new default payload for each call", async () => {
  const { client, request } = recordRequests(AgentSpanClient, RESPONSE);
  await client.create(CREATE);
  await client.create(CREATE);
  const [first, second] = request.calls.map(({ args }) =>
    (args[2]?.json as { details: { payload: unknown } }).details.payload
  );
  assertEquals([first, second], [{}, {}]);
  assertNotStrictEquals(first, second);
});

Deno.test("AgentSpanClient.create() names an invalid field of params that are an instance of a class", async () => {
  class Params {
    agent_instance_id = "i-1";
    schema_name = 7;
    status = "active";
  }
  const { client, request } = recordRequests(AgentSpanClient, RESPONSE);
  const params = new Params() as unknown as CreateSpanRequest;
  await assertRejects(() => client.create(params), PrefactorClientError, "'schema_name' must be a string");
  assertSpyCalls(request, 0);
});

Deno.test("AgentSpanClient.create() rejects a payload that JSON cannot hold, with the cause", async () => {
  const { client, sent } = makeClient(() => json(RESPONSE));
  const cycle: JsonObject = {};
  cycle["self"] = cycle;
  for (const payload of [cycle, { big: 1n } as unknown as JsonObject]) {
    const error = await assertRejects(
      () => client.agentSpans.create({ ...CREATE, payload }),
      PrefactorClientError,
    );
    assertEquals((error.cause as Error).name, "TypeError");
  }
  assertEquals(sent.length, 0);
});
