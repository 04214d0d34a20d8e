import { assertEquals } from "@std/assert";
import {
  AccountClient,
  AdminUserClient,
  AdminUserInviteClient,
  AgentDeploymentClient,
  AgentSchemaVersionClient,
  AgentVersionClient,
  ApiTokenClient,
  EnvironmentClient,
  IntegrationClient,
  PersonClient,
  PrefactorAdminClient,
  RiskProfileClient,
  TeamClient,
} from "@prefactor/http/admin";
import type { PrefactorHttpClient } from "../../mod.ts";
import {
  OBJECT,
  oneOf,
  type ParamType,
  required,
  STRING,
  testEndpoint,
  TIMESTAMP,
} from "../endpoints/table.ts";
import { json, makeClient } from "../helpers.ts";
import { SCHEMA_VERSION } from "../models/registration.ts";
import { act, create, get, list, remove, type Resource, update } from "./rows.ts";

const adminOf = (client: PrefactorHttpClient) => new PrefactorAdminClient(client);

/** Returns the types of params that are all of the same type. */
function typed(names: string, type: ParamType = STRING): Record<string, ParamType> {
  return Object.fromEntries(names.split(" ").map((name) => [name, type]));
}

const STATUS = oneOf(["active", "paused"], "stopped");
const TEAM_IDS: ParamType = { expected: "an array", invalid: [["t-1", '"t-1"'], [{}, "an object"]] };
const NAMED = { all: { name: "New" }, types: { name: STRING } };

const ACCOUNT: Resource = {
  noun: "account",
  plural: "accounts",
  path: "account",
  details: { type: "account", id: "ac-1", name: "Example" },
};

testEndpoint({
  Client: AccountClient,
  of: (client) => adminOf(client).accounts,
  operations: { get: get(ACCOUNT), list: list(ACCOUNT), update: update(ACCOUNT, NAMED) },
});

const ADMIN_USER: Resource = {
  noun: "admin user",
  plural: "admin users",
  path: "admin_user",
  details: { type: "admin_user", id: "u-1", job_title: null },
};

testEndpoint({
  Client: AdminUserClient,
  of: (client) => adminOf(client).adminUsers,
  operations: {
    get: get(ADMIN_USER),
    list: list(ADMIN_USER, { filters: ["account_id"] }),
    update: update(ADMIN_USER, {
      nullable: ["name", "job_title", "profile_completed_at"],
      all: { name: "Ada", job_title: "Operator", profile_completed_at: new Date(0) },
      converted: { profile_completed_at: "1970-01-01T00:00:00.000Z" },
      types: { ...typed("name job_title"), profile_completed_at: TIMESTAMP },
    }),
  },
});

const INVITE: Resource = {
  noun: "invite",
  plural: "invites",
  path: "admin_user_invite",
  details: { type: "admin_user_invite", id: "in-1", status: "pending", token: "s3cret" },
  isResponseSecret: true,
};

testEndpoint({
  Client: AdminUserInviteClient,
  of: (client) => adminOf(client).adminUserInvites,
  operations: {
    get: get(INVITE),
    list: list(INVITE),
    create: create(INVITE, {
      required: { email: "ada@example.com" },
      all: { email: "ada@example.com", account_id: "ac-1" },
      types: { email: required(STRING), account_id: STRING },
    }),
    revoke: act(INVITE, "revoke"),
  },
});

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

const PERSON: Resource = {
  noun: "person",
  plural: "people",
  path: "person",
  details: { type: "person", id: "p-1", team_ids: ["t-1"] },
};

testEndpoint({
  Client: PersonClient,
  of: (client) => adminOf(client).people,
  operations: {
    get: get(PERSON),
    list: list(PERSON, { filters: ["team_id"] }),
    create: create(PERSON, {
      required: { email: "ada@example.com", name: "Ada" },
      all: { email: "ada@example.com", name: "Ada", title: "Countess", team_ids: ["t-1"], id: "p-1" },
      types: { ...typed("email name", required(STRING)), ...typed("title id"), team_ids: TEAM_IDS },
    }),
    update: update(PERSON, {
      nullable: ["email", "name", "title", "team_ids"],
      all: { email: "ada@example.com", name: "Ada", title: "Countess", team_ids: [] },
      types: { ...typed("email name title"), team_ids: TEAM_IDS },
    }),
    delete: remove(PERSON),
  },
});

const RULESET = {
  action_multipliers: { destroy_data: 2 },
  category_weights: { minors_data: null },
  thresholds: { critical: 80, high: 50, medium: 20 },
};
const RISK_PROFILE: Resource = {
  noun: "risk profile",
  plural: "risk profiles",
  path: "risk_profile",
  details: { type: "risk_profile", id: "r-1", ruleset: RULESET },
};
const TEMPLATE = { ruleset: RULESET };

testEndpoint({
  Client: RiskProfileClient,
  of: (client) => adminOf(client).riskProfiles,
  operations: {
    get: get(RISK_PROFILE),
    template: {
      action: "get the template of a risk profile",
      request: "GET /api/v1/risk_profile/template",
      call: (riskProfiles, { params, options }) => riskProfiles.template(params, options),
      params: {
        sentIn: "query",
        required: { template_name: "default" },
        all: { template_name: "default" },
        types: { template_name: required(STRING) },
      },
      response: TEMPLATE,
      result: TEMPLATE,
    },
    list: list(RISK_PROFILE, { filters: ["account_id"] }),
    create: create(RISK_PROFILE, {
      required: { name: "Strict", ruleset: RULESET },
      all: { name: "Strict", ruleset: RULESET, description: "For minors", id: "r-1" },
      types: { name: required(STRING), ruleset: required(OBJECT), ...typed("description id") },
    }),
    update: update(RISK_PROFILE, {
      nullable: ["name", "description", "ruleset"],
      all: { name: "Strict", ruleset: RULESET, description: "For minors" },
      types: { ...typed("name description"), ruleset: OBJECT },
    }),
    delete: remove(RISK_PROFILE),
  },
});

const TEAM: Resource = {
  noun: "team",
  plural: "teams",
  path: "team",
  details: { type: "team", id: "t-1", people_count: 4 },
};

testEndpoint({
  Client: TeamClient,
  of: (client) => adminOf(client).teams,
  operations: {
    get: get(TEAM),
    list: list(TEAM),
    create: create(TEAM, {
      required: { name: "Search" },
      all: { name: "Search", id: "t-1" },
      types: { name: required(STRING), id: STRING },
    }),
    update: update(TEAM, NAMED),
    delete: remove(TEAM),
  },
});

const RESOURCES = [
  "accounts",
  "adminUserInvites",
  "adminUsers",
  "agentDeployments",
  "agentSchemaVersions",
  "agentVersions",
  "apiTokens",
  "environments",
  "integrations",
  "people",
  "riskProfiles",
  "teams",
] as const;

Deno.test("PrefactorAdminClient has a client for each resource", () => {
  assertEquals(Object.keys(adminOf(makeClient(() => json({})).client)).sort(), [...RESOURCES]);
});

for (const name of RESOURCES) {
  Deno.test(`${name}.listAll() yields the rows of all pages`, async () => {
    const { client, sent } = makeClient((_sent, index) =>
      json({ summaries: [{ id: `x-${index}` }], pagination: { next_page_offset: index === 0 ? 1 : null } })
    );
    const rows = await Array.fromAsync(adminOf(client)[name].listAll({ agent_id: "a-1" }));
    assertEquals(rows.map(({ id }) => id), ["x-0", "x-1"]);
    assertEquals(sent.map(({ url }) => [...new URL(url).searchParams]), [
      [["agent_id", "a-1"], ["pagination[page_size]", "100"]],
      [["agent_id", "a-1"], ["pagination[page_size]", "100"], ["pagination[offset]", "1"]],
    ]);
  });
}
