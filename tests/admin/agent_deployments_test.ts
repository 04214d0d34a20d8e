import { AgentDeploymentClient } from "@prefactor/http/admin";
import { required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, remove, type Resource, typed, update } from "./rows.ts";

const DEPLOYMENT: Resource = {
  noun: "agent deployment",
  plural: "agent deployments",
  path: "agent_deployment",
  details: { type: "agent_deployment", id: "d-1", current_version_id: null },
};

testEndpoint({
  Client: AgentDeploymentClient,
  of: (client) => adminOf(client).agentDeployments,
  operations: {
    get: get(DEPLOYMENT),
    list: list(DEPLOYMENT, { filters: ["agent_id"] }),
    create: create(DEPLOYMENT, {
      required: { agent_id: "a-1", environment_id: "e-1" },
      all: { agent_id: "a-1", environment_id: "e-1", current_version_id: "v-1", id: "d-1" },
      types: { ...typed("agent_id environment_id", required(STRING)), ...typed("current_version_id id") },
    }),
    update: update(DEPLOYMENT, {
      nullable: ["current_version_id"],
      all: { current_version_id: "v-2" },
      types: { current_version_id: STRING },
    }),
    delete: remove(DEPLOYMENT),
  },
});
