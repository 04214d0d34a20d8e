import { AgentSchemaVersionClient } from "@prefactor/http/admin";
import { OBJECT, required, STRING, testEndpoint } from "../endpoints/table.ts";
import { SCHEMA_VERSION } from "../models/registration.ts";
import { adminOf, create, get, list, type Resource, typed } from "./rows.ts";

const VERSION_PARAMS = { agent_id: "a-1", external_identifier: "1.4.0" };
const SCHEMA_VERSION_RESOURCE: Resource = {
  noun: "agent schema version",
  plural: "agent schema versions",
  path: "agent_schema_version",
  details: { type: "agent_schema_version", id: "sv-1", span_type_schemas: {} },
};

testEndpoint({
  Client: AgentSchemaVersionClient,
  of: (client) => adminOf(client).agentSchemaVersions,
  operations: {
    get: get(SCHEMA_VERSION_RESOURCE),
    list: list(SCHEMA_VERSION_RESOURCE, { least: { agent_id: "a-1" } }),
    create: create(SCHEMA_VERSION_RESOURCE, {
      required: VERSION_PARAMS,
      all: { ...SCHEMA_VERSION, ...VERSION_PARAMS },
      types: {
        ...typed("agent_id external_identifier", required(STRING)),
        ...typed("span_schemas span_result_schemas", OBJECT),
      },
    }),
  },
});
