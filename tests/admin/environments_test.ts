import { EnvironmentClient } from "@prefactor/http/admin";
import { required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, remove, type Resource, typed, update } from "./rows.ts";

const NAMED = { all: { name: "New" }, types: { name: STRING } };

const ENVIRONMENT: Resource = {
  noun: "environment",
  plural: "environments",
  path: "environment",
  details: { type: "environment", id: "e-1", purpose: "staging" },
};

testEndpoint({
  Client: EnvironmentClient,
  of: (client) => adminOf(client).environments,
  operations: {
    get: get(ENVIRONMENT),
    show: {
      ...get(ENVIRONMENT),
      action: "show the environment",
      request: "GET /api/v1/environment/show",
      call: (environments, { params, options }) => environments.show(params, options),
      params: {
        sentIn: "query",
        required: { environment_id: "e-1" },
        exactlyOne: ["environment_id", "external_identifier"],
        all: { environment_id: "e-1" },
        types: {},
      },
    },
    list: list(ENVIRONMENT, { filters: ["account_id"] }),
    create: create(ENVIRONMENT, {
      required: { name: "Staging", account_id: "ac-1" },
      all: { name: "Staging", account_id: "ac-1", id: "e-1" },
      types: { ...typed("name account_id", required(STRING)), id: STRING },
    }),
    update: update(ENVIRONMENT, NAMED),
    delete: remove(ENVIRONMENT),
  },
});
