import { ApiTokenClient } from "@prefactor/http/admin";
import { oneOf, required, testEndpoint, TIMESTAMP } from "../endpoints/table.ts";
import { act, adminOf, create, get, list, remove, type Resource, typed } from "./rows.ts";

const TOKEN: Resource = {
  noun: "API token",
  plural: "API tokens",
  path: "api_token",
  details: { type: "api_token", id: "tk-1", status: "active" },
  isResponseSecret: true,
};
const CREATED_TOKEN = { status: "success", details: TOKEN.details, token: "s3cret" };

testEndpoint({
  Client: ApiTokenClient,
  of: (client) => adminOf(client).apiTokens,
  operations: {
    get: get(TOKEN),
    list: list(TOKEN, { filters: ["account_id"] }),
    create: {
      ...create(TOKEN, {
        required: { token_scope: "account" },
        all: {
          token_scope: "agent_deployment",
          account_id: "ac-1",
          agent_id: "a-1",
          environment_id: "e-1",
          expires_at: new Date(0),
        },
        converted: { expires_at: "1970-01-01T00:00:00.000Z" },
        types: {
          token_scope: required(oneOf(["account", "agent_deployment"], "environment")),
          ...typed("account_id agent_id environment_id"),
          expires_at: TIMESTAMP,
        },
      }),
      response: CREATED_TOKEN,
      result: CREATED_TOKEN,
    },
    suspend: act(TOKEN, "suspend"),
    activate: act(TOKEN, "activate"),
    revoke: act(TOKEN, "revoke"),
    delete: remove(TOKEN),
  },
});
