import { assertEquals } from "@std/assert";
import { IntegrationClient } from "@prefactor/http/admin";
import { oneOf, required, testEndpoint } from "../endpoints/table.ts";
import { json, makeClient } from "../helpers.ts";
import { adminOf, create, get, list, remove, type Resource, update } from "./rows.ts";

const STATUS = oneOf(["active", "paused"], "stopped");

const INTEGRATION: Resource = {
  noun: "integration",
  plural: "integrations",
  path: "account_integration",
  details: { type: "account_integration", id: "ai-1", config: { _version: 1 } },
};
const CONFIG = { _version: 1, webhook_url: "https://example.com/hook", enabled_events: ["alert_raised"] };

testEndpoint({
  Client: IntegrationClient,
  of: (client) => adminOf(client).integrations,
  operations: {
    get: get(INTEGRATION),
    list: list(INTEGRATION),
    create: create(INTEGRATION, {
      required: { integration_type: "slack", config: CONFIG },
      all: { integration_type: "slack", status: "paused", config: CONFIG },
      types: {
        integration_type: required({ expected: '"slack"', invalid: [["mail", '"mail"'], [7, "7"]] }),
        status: STATUS,
      },
    }),
    update: update(INTEGRATION, { all: { status: "active", config: CONFIG }, types: { status: STATUS } }),
    test: {
      action: "test the integration",
      request: "POST /api/v1/account_integration/{id}/test",
      call: (integrations, { id, params, options }) => integrations.test(id, params, options),
      params: { sentIn: "query", isKeyed: true, all: {}, types: {} },
      response: { delivered: true },
      result: { delivered: true },
    },
    delete: remove(INTEGRATION),
  },
});

Deno.test("IntegrationClient.test() sends no body", async () => {
  const { client, sent } = makeClient(() => json({ delivered: true }));
  await adminOf(client).integrations.test("ai-1");
  assertEquals(sent.map(({ body }) => body), [null]);
});
