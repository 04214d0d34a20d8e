import { AgentInstanceClient, FINISH_STATUSES } from "../../mod.ts";
import { BOOLEAN, OBJECT, oneOf, pageParams, required, STRING, testEndpoint, TIMESTAMP } from "./table.ts";

const INSTANCE = {
  type: "agent_instance",
  id: "i-1",
  account_id: "ac-1",
  agent_id: "a-1",
  agent_version_id: "v-1",
  environment_id: "e-1",
  status: "pending",
  inserted_at: "2024-05-06T07:08:09Z",
  updated_at: "2024-05-06T07:08:09Z",
};
const RESPONSE = { status: "success", details: INSTANCE };

const PAGE = { status: "success", summaries: [{ id: "i-1" }], pagination: null, sorting: null };
const CONTEXT = { body: "# Run i-1", generated_at: "2024-05-06T07:08:09Z", span_count: 3 };

const REGISTER = { agent_version: {}, agent_schema_version: {} };
const LIST = pageParams({ agent_id: "a-1" });

testEndpoint({
  Client: AgentInstanceClient,
  of: ({ agentInstances }) => agentInstances,
  heading: "Agent instances",
  operations: {
    register: {
      action: "register the agent instance",
      request: "POST /api/v1/agent_instance/register",
      call: (instances, { params, options }) => instances.register(params, options),
      params: {
        sentIn: "body",
        required: REGISTER,
        defaults: { update_current_version: true },
        all: {
          agent_id: "a-1",
          agent_version: {
            name: "Librarian",
            external_identifier: "1.4.0",
            description: null,
            runtime_environment: { agent_sdk: ["my-sdk@1.2.0"], runtime: "deno@2.5.0", os: "linux" },
          },
          agent_schema_version: {
            external_identifier: "s1",
            span_schemas: { "agent:llm": { type: "object" } },
            span_result_schemas: { "agent:llm": { type: "object" } },
            span_type_schemas: [
              { name: "agent:llm", params_schema: { type: "object" }, template: "{{model}} → é" },
            ],
            quality_schemas: [{ name: "review", schema: { type: "object" }, title: "Review" }],
            alert_schemas: [{ name: "over_budget", schema: { type: "object" } }],
          },
          id: "i-1",
          environment_id: "e-1",
          external_identifier: "run-7",
          update_current_version: false,
          purpose: "smoke_test",
        },
        types: {
          agent_id: STRING,
          agent_version: required(OBJECT),
          "agent_version.name": {
            ...STRING,
            paramsWith: (name) => ({ ...REGISTER, agent_version: { name } }),
          },
          agent_schema_version: required(OBJECT),
          "agent_schema_version.span_type_schemas[1].params_schema": {
            ...OBJECT,
            paramsWith: (params_schema) => ({
              ...REGISTER,
              agent_schema_version: {
                span_type_schemas: [{ name: "a", params_schema: {} }, { name: "b", params_schema }],
              },
            }),
          },
          id: STRING,
          environment_id: STRING,
          external_identifier: STRING,
          update_current_version: BOOLEAN,
          purpose: oneOf(["live", "smoke_test", "eval"], "fun"),
        },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    start: {
      action: "start the agent instance",
      request: "POST /api/v1/agent_instance/{id}/start",
      call: (instances, { id, params, options }) => instances.start(id, params, options),
      params: {
        sentIn: "body",
        all: { timestamp: new Date("2024-05-06T09:08:09.5+02:00") },
        converted: { timestamp: "2024-05-06T07:08:09.500Z" },
        types: { timestamp: TIMESTAMP },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    finish: {
      action: "finish the agent instance",
      request: "POST /api/v1/agent_instance/{id}/finish",
      call: (instances, { id, params, options }) => instances.finish(id, params, options),
      params: {
        sentIn: "body",
        all: { status: "failed", timestamp: "2024-05-06T07:08:09+02:00" },
        types: { status: oneOf(FINISH_STATUSES, "active"), timestamp: TIMESTAMP },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    terminate: {
      action: "terminate the agent instance",
      request: "POST /api/v1/agent_instance/{id}/terminate",
      call: (instances, { id, params, options }) => instances.terminate(id, params, options),
      params: {
        sentIn: "body",
        required: { reason: "Over budget" },
        all: { reason: "Over budget", timestamp: "2024-05-06T07:08:09Z" },
        types: {
          reason: required({
            expected: "a non-empty string",
            invalid: [["", '""'], [7, "7"], [{}, "an object"]],
          }),
          timestamp: TIMESTAMP,
        },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    recordQuality: {
      action: "record the quality of the agent instance",
      request: "POST /api/v1/agent_instance/{id}/record_quality",
      call: (instances, { id, params, options }) => instances.recordQuality(id, params, options),
      params: {
        sentIn: "body",
        required: { name: "review", payload: { score: 9 } },
        nullable: ["payload"],
        all: { name: "review", payload: { score: 9, remarks: null } },
        types: {
          name: required(STRING),
          payload: {
            expected: "an object or null",
            invalid: [[undefined, "undefined"], ["a", '"a"'], [[], "an array of 0 items"], [7, "7"]],
          },
        },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    get: {
      action: "get the agent instance",
      request: "GET /api/v1/agent_instance/{id}",
      call: (instances, { id, options }) => instances.get(id, options),
      response: RESPONSE,
      result: INSTANCE,
    },
    show: {
      action: "show the agent instance",
      request: "GET /api/v1/agent_instance/show",
      call: (instances, { params, options }) => instances.show(params, options),
      params: {
        sentIn: "query",
        required: { external_identifier: "run-7" },
        exactlyOne: ["agent_instance_id", "external_identifier"],
        all: {
          external_identifier: "run-7",
          include_counts: true,
          include_costs: true,
          include_risk_score: false,
          include_alert_count: true,
        },
        types: {
          include_counts: BOOLEAN,
          include_costs: BOOLEAN,
          include_risk_score: BOOLEAN,
          include_alert_count: BOOLEAN,
        },
      },
      response: RESPONSE,
      result: INSTANCE,
    },
    list: {
      action: "list the agent instances",
      request: "GET /api/v1/agent_instance",
      call: (instances, { params, options }) => instances.list(params, options),
      params: {
        sentIn: "query",
        required: { agent_id: "a-1" },
        all: { agent_id: "a-1", agent_version_id: "v-1", ...LIST.all },
        converted: LIST.converted,
        types: { agent_id: required(STRING), agent_version_id: STRING, ...LIST.types },
      },
      response: PAGE,
      result: PAGE,
    },
    getContext: {
      action: "get the context of the agent instance",
      request: "GET /api/v1/agent_instance/{id}/agent_context",
      call: (instances, { id, options }) => instances.getContext(id, options),
      response: { agent_context: CONTEXT },
      result: CONTEXT,
    },
  },
});
