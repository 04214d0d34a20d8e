import { AgentVersionClient } from "@prefactor/http/admin";
import { required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, type Resource, typed } from "./rows.ts";

const VERSION_PARAMS = { agent_id: "a-1", external_identifier: "1.4.0" };
const VERSION: Resource = {
  noun: "agent version",
  plural: "agent versions",
  path: "agent_version",
  details: { type: "agent_version", id: "v-1", agent_id: "a-1" },
};

testEndpoint({
  Client: AgentVersionClient,
  of: (client) => adminOf(client).agentVersions,
  operations: {
    get: get(VERSION),
    list: list(VERSION, { least: { agent_id: "a-1" } }),
    create: create(VERSION, {
      required: VERSION_PARAMS,
      all: VERSION_PARAMS,
      types: typed("agent_id external_identifier", required(STRING)),
    }),
  },
});
