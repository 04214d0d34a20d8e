import { assertEquals } from "@std/assert";
import { AgentClient } from "../../mod.ts";
import { json, makeClient } from "../helpers.ts";
import { BOOLEAN, pageParams, required, STRING, testEndpoint } from "./table.ts";

const AGENT = { type: "agent", id: "a-1", name: "Librarian", status: "active", risk_profile_id: null };
const RESPONSE = { status: "success", details: AGENT };
const SHOW = { ...RESPONSE, risk_rollup: { observed_risk: null, theoretical_risk: { total_span_types: 4 } } };
const PAGE = { status: "success", summaries: [AGENT], pagination: null, sorting: null };
const LIST = pageParams();

testEndpoint({
  Client: AgentClient,
  of: ({ agents }) => agents,
  heading: "Agents",
  operations: {
    create: {
      action: "create the agent",
      request: "POST /api/v1/agent",
      call: (agents, { params, options }) => agents.create(params, options),
      params: {
        sentIn: "details",
        required: { name: "Librarian" },
        all: {
          name: "Librarian",
          description: "Answers questions → é",
          external_identifier: "librarian",
          id: "a-1",
          owner_person_id: "p-1",
          risk_profile_id: "r-1",
          team_id: "t-1",
        },
        types: {
          name: required(STRING),
          description: STRING,
          external_identifier: STRING,
          id: STRING,
          owner_person_id: STRING,
          risk_profile_id: STRING,
          team_id: STRING,
        },
      },
      response: RESPONSE,
      result: AGENT,
    },
    update: {
      action: "update the agent",
      request: "PUT /api/v1/agent/{id}",
      call: (agents, { id, params, options }) => agents.update(id, params, options),
      params: {
        sentIn: "details",
        required: {},
        nullable: ["name", "description", "owner_person_id", "risk_profile_id", "team_id"],
        all: {
          name: "Archivist",
          description: "",
          owner_person_id: "p-1",
          risk_profile_id: "r-1",
          team_id: "t-1",
        },
        types: {
          name: STRING,
          description: STRING,
          owner_person_id: STRING,
          risk_profile_id: STRING,
          team_id: STRING,
        },
      },
      response: RESPONSE,
      result: AGENT,
    },
    retire: {
      action: "retire the agent",
      request: "POST /api/v1/agent/{id}/retire",
      call: (agents, { id, params, options }) => agents.retire(id, params, options),
      params: { sentIn: "body", all: {}, types: {} },
      response: RESPONSE,
      result: AGENT,
    },
    reinstate: {
      action: "reinstate the agent",
      request: "POST /api/v1/agent/{id}/reinstate",
      call: (agents, { id, params, options }) => agents.reinstate(id, params, options),
      params: { sentIn: "body", all: {}, types: {} },
      response: RESPONSE,
      result: AGENT,
    },
    delete: {
      action: "delete the agent",
      request: "DELETE /api/v1/agent/{id}",
      call: (agents, { id, options }) => agents.delete(id, options),
      response: {},
      result: undefined,
    },
    get: {
      action: "get the agent",
      request: "GET /api/v1/agent/{id}",
      call: (agents, { id, options }) => agents.get(id, options),
      response: RESPONSE,
      result: AGENT,
    },
    show: {
      action: "show the agent",
      request: "GET /api/v1/agent/show",
      call: (agents, { params, options }) => agents.show(params, options),
      params: {
        sentIn: "query",
        required: { agent_id: "a-1" },
        exactlyOne: ["agent_id", "external_identifier"],
        all: { agent_id: "a-1", environment_id: "e-1", include_counts: true, include_risk_rollup: false },
        types: { environment_id: STRING, include_counts: BOOLEAN, include_risk_rollup: BOOLEAN },
      },
      response: SHOW,
      result: SHOW,
    },
    list: {
      action: "list the agents",
      request: "GET /api/v1/agent",
      call: (agents, { params, options }) => agents.list(params, options),
      params: {
        sentIn: "query",
        all: { risk_profile_id: "r-1", team_id: "t-1", owner_person_id: "null", ...LIST.all },
        converted: LIST.converted,
        types: { risk_profile_id: STRING, team_id: STRING, owner_person_id: STRING, ...LIST.types },
      },
      response: PAGE,
      result: PAGE,
    },
  },
});

Deno.test("AgentClient.delete() resolves to undefined, whatever the API responds with", async () => {
  const responses = [
    () => new Response(null, { status: 204 }),
    () => new Response(""),
    () => json({}),
    () => json(RESPONSE),
  ];
  for (const response of responses) {
    const { client, sent } = makeClient(response);
    assertEquals(await client.agents.delete("a-1"), undefined);
    assertEquals([sent.length, sent[0]!.body], [1, null]);
  }
});
