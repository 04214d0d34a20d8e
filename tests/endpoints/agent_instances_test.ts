import { AgentInstanceClient, FINISH_STATUSES } from "../../mod.ts";
import { BOOLEAN, OBJECT, oneOf, required, STRING, testEndpoint, TIMESTAMP } from "./table.ts";

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

const REGISTER = { agent_version: {}, agent_schema_version: {} };

testEndpoint({
  Client: AgentInstanceClient,
  of: ({ agentInstances }) => agentInstances,
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
          agent_version: { name: "Librarian", external_identifier: "1.4.0", description: null },
          agent_schema_version: {
            external_identifier: "s1",
            span_schemas: { "agent:llm": { type: "object" } },
            span_result_schemas: { "agent:llm": { type: "object" } },
            span_type_schemas: [
              { name: "agent:llm", params_schema: { type: "object" }, template: "{{model}} → é" },
            ],
          },
          id: "i-1",
          environment_id: "e-1",
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
  },
});
