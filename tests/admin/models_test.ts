import { assert, assertEquals } from "@std/assert";
import * as admin from "@prefactor/http/admin";
import { findIssue } from "../../src/guards.ts";
import {
  absentOr,
  ARRAY,
  DATE_TIME,
  fields,
  type GuardRow,
  list,
  literal,
  MAP,
  NUMBER,
  OBJECT,
  oneOf,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  type Rules,
  STRING,
  testGuards,
  testRequestGuards,
  TIMESTAMP,
  under,
} from "../models/break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "../models/page_params.ts";
import { SCHEMA_VERSION, SCHEMA_VERSION_RULES } from "../models/registration.ts";

const DELIVERED = {
  ...required({ expected: "a JSON value", wrong: [1n], right: [1, "1", [], {}] }),
  nullable: true,
  opaque: true,
};
const ANY = { ...absentOr({ expected: "", wrong: [], right: [1, "1", true, [], {}] }), nullable: true };

/** Returns an example with these strings, and their rules. */
function strings(names: string, rule = optional(STRING)): { valid: object; rules: Rules } {
  return {
    valid: Object.fromEntries(names.split(" ").map((name) => [name, "x"])),
    rules: fields(names, rule),
  };
}

/** Returns the row of a model in responses: its strings, its date-times, and the rest. */
function response(
  guard: GuardRow[0],
  names: string,
  times: string,
  rest: object = {},
  restRules: Rules = {},
): GuardRow {
  const { valid, rules } = strings(names, optional(OPEN_ENUM));
  const at = times === "" ? [] : times.split(" ").map((name) => [name, "2024-05-06T07:08:09Z"]);
  return [
    guard,
    { id: "x-1", ...valid, ...Object.fromEntries(at), ...rest },
    {
      id: required(STRING),
      ...rules,
      ...(times === "" ? {} : fields(times, optional(DATE_TIME))),
      ...restRules,
    },
  ];
}

const TIMES = "inserted_at updated_at";
const VERSION = { external_identifier_repeats: true, current_agent_deployment_refs: [{ id: "d-1" }, "d-2"] };
const VERSION_RULES: Rules = {
  external_identifier_repeats: ANY,
  current_agent_deployment_refs: optional({ ...ARRAY, opaque: true }),
};
const TOKEN = response(
  admin.isApiToken,
  "type token_scope account_id agent_id environment_id agent_deployment_id status",
  `expires_at last_used_at ${TIMES}`,
);
const TEAM_IDS: Rules = list("team_ids", optional(ARRAY), STRING, 2);

const RESPONSES: readonly GuardRow[] = [
  response(admin.isAccount, "type name", TIMES),
  response(
    admin.isAdminUser,
    "type account_id email name job_title",
    `last_active_at profile_completed_at ${TIMES}`,
  ),
  response(admin.isAdminUserInvite, "type account_id email status invite_url token", TIMES),
  response(
    admin.isAgentDeployment,
    "type account_id agent_id environment_id current_version_id",
    TIMES,
  ),
  response(
    admin.isAgentVersion,
    "type account_id agent_id agent_schema_version_id external_identifier observed_classification " +
      "theoretical_classification",
    TIMES,
    VERSION,
    VERSION_RULES,
  ),
  response(
    admin.isAgentSchemaVersionSummary,
    "type account_id agent_id external_identifier",
    TIMES,
    { ...VERSION, span_schemas_count: 3 },
    { ...VERSION_RULES, span_schemas_count: optional(NUMBER) },
  ),
  response(
    admin.isAgentSchemaVersion,
    "type account_id agent_id external_identifier",
    TIMES,
    { ...VERSION, span_type_schemas: { search: {} }, quality_schemas: {}, alert_schemas: {} },
    { ...VERSION_RULES, ...fields("span_type_schemas quality_schemas alert_schemas", optional(OPAQUE)) },
  ),
  TOKEN,
  [admin.isCreatedApiToken, { details: TOKEN[1], token: "secret" }, {
    details: required(OBJECT),
    ...under("details", TOKEN[2]),
    token: required(STRING),
  }],
  response(
    admin.isEnvironmentSummary,
    "type account_id name description external_identifier purpose",
    "",
  ),
  response(
    admin.isEnvironment,
    "type account_id name description external_identifier purpose",
    TIMES,
  ),
  response(
    admin.isIntegration,
    "type account_id integration_type status",
    TIMES,
    { config: { enabled_events: [] } },
    { config: optional(OPAQUE) },
  ),
  response(admin.isPersonSummary, "type name email title", "", { team_ids: ["t-1", "t-2"] }, TEAM_IDS),
  response(admin.isPerson, "type name email title", TIMES, { team_ids: ["t-1", "t-2"] }, TEAM_IDS),
  response(
    admin.isRiskProfile,
    "type name description",
    TIMES,
    { ruleset: { thresholds: {} }, agreed_data_risk: { a: 1 } },
    fields("ruleset agreed_data_risk", optional(OPAQUE)),
  ),
  [admin.isIntegrationTest, { delivered: true }, { delivered: DELIVERED }],
  [admin.isRiskProfileTemplate, { ruleset: { thresholds: {} } }, { ruleset: required(OPAQUE) }],
  response(
    admin.isTeamSummary,
    "type name",
    "",
    { agent_count: 2, people_count: 4 },
    fields("agent_count people_count", optional(NUMBER)),
  ),
  response(
    admin.isTeam,
    "type name",
    TIMES,
    { agent_count: 2, people_count: 4 },
    fields("agent_count people_count", optional(NUMBER)),
  ),
];

/** Returns the row of a model in requests: its required strings, its optional ones, and the rest. */
function request(
  guard: GuardRow[0],
  needed: string,
  more: string,
  rest: object = {},
  restRules: Rules = {},
): GuardRow {
  const [a, b] = [strings(needed, required(STRING)), strings(more)];
  return [
    guard,
    { ...(needed && a.valid), ...(more && b.valid), ...rest },
    { ...(needed ? a.rules : {}), ...(more ? b.rules : {}), ...restRules },
  ];
}

const KEY = "idempotency_key";
const WEIGHT = { ...absentOr({ ...NUMBER, right: [0, 1.5] }), nullable: true };
const RULESET = {
  action_multipliers: { destroy_data: 2, read_data: null },
  category_weights: { minors_data: 10 },
  thresholds: { critical: 80, high: 50, medium: 20 },
};
const RULESET_RULES: Rules = {
  action_multipliers: required(MAP),
  ...fields("action_multipliers.destroy_data action_multipliers.read_data", WEIGHT),
  category_weights: required(MAP),
  "category_weights.minors_data": WEIGHT,
  thresholds: required(OBJECT),
  ...fields("thresholds.critical thresholds.high thresholds.medium", required(NUMBER)),
};
const { external_identifier: _name, ...SCHEMAS } = SCHEMA_VERSION;
const { external_identifier: _rule, ...SCHEMAS_RULES } = SCHEMA_VERSION_RULES;
const STATUS = optional(oneOf("active", "paused"));

const REQUESTS: readonly GuardRow[] = [
  request(admin.isListByAccountRequest, "", "account_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
  request(admin.isListByAgentRequest, "agent_id", "", PAGE_PARAMS, PAGE_PARAMS_RULES),
  request(admin.isUpdateAccountRequest, "", "name"),
  request(
    admin.isUpdateAdminUserRequest,
    "",
    "name job_title",
    { profile_completed_at: new Date(0) },
    { profile_completed_at: optional(TIMESTAMP) },
  ),
  request(admin.isCreateAdminUserInviteRequest, "email", `account_id ${KEY}`),
  request(
    admin.isCreateAgentDeploymentRequest,
    "agent_id environment_id",
    `current_version_id id ${KEY}`,
  ),
  request(admin.isUpdateAgentDeploymentRequest, "", "current_version_id"),
  request(admin.isListAgentDeploymentsRequest, "", "agent_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
  request(admin.isCreateAgentVersionRequest, "agent_id external_identifier", KEY),
  request(
    admin.isCreateAgentSchemaVersionRequest,
    "agent_id external_identifier",
    KEY,
    SCHEMAS,
    SCHEMAS_RULES,
  ),
  request(
    admin.isCreateApiTokenRequest,
    "",
    `account_id agent_id environment_id ${KEY}`,
    { token_scope: "account", expires_at: new Date(0) },
    { token_scope: required(oneOf("account", "agent_deployment")), expires_at: optional(TIMESTAMP) },
  ),
  request(admin.isCreateEnvironmentRequest, "name account_id", `id ${KEY}`),
  request(admin.isUpdateEnvironmentRequest, "", "name"),
  request(admin.isShowEnvironmentRequest, "", "", { environment_id: "e-1" }, {
    environment_id: {
      ...required(STRING),
      missing: { path: "external_identifier", expected: "a string if 'environment_id' is absent" },
    },
  }),
  request(
    admin.isCreateIntegrationRequest,
    "",
    KEY,
    { integration_type: "slack", status: "active", config: { _version: 1 } },
    { integration_type: required(literal("slack")), status: STATUS, config: required(OPAQUE) },
  ),
  request(
    admin.isUpdateIntegrationRequest,
    "",
    "",
    { status: "paused", config: { _version: 1 } },
    { status: STATUS, config: optional(OPAQUE) },
  ),
  request(
    admin.isCreatePersonRequest,
    "email name",
    `title id ${KEY}`,
    { team_ids: ["t-1", "t-2"] },
    TEAM_IDS,
  ),
  request(
    admin.isUpdatePersonRequest,
    "",
    "email name title",
    { team_ids: ["t-1", "t-2"] },
    TEAM_IDS,
  ),
  request(admin.isListPeopleRequest, "", "team_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
  request(admin.isRiskRuleset, "", "", RULESET, RULESET_RULES),
  request(admin.isRiskProfileTemplateRequest, "template_name", ""),
  request(
    admin.isCreateRiskProfileRequest,
    "name",
    `description id ${KEY}`,
    { ruleset: RULESET },
    { ruleset: required(OBJECT), ...under("ruleset", RULESET_RULES) },
  ),
  request(
    admin.isUpdateRiskProfileRequest,
    "",
    "name description",
    { ruleset: RULESET },
    { ruleset: optional(OBJECT), ...under("ruleset", RULESET_RULES) },
  ),
  request(admin.isCreateTeamRequest, "name", `id ${KEY}`),
  request(admin.isUpdateTeamRequest, "", "name"),
];

testGuards(RESPONSES);
testRequestGuards(REQUESTS);

Deno.test("every guard of @prefactor/http/admin is tested", () => {
  const tested = new Set([...RESPONSES, ...REQUESTS].map(([guard]) => guard.name));
  assertEquals(Object.keys(admin).filter((name) => /^is[A-Z]/.test(name) && !tested.has(name)), []);
});

Deno.test("isShowEnvironmentRequest() accepts exactly one identifier", () => {
  assert(admin.isShowEnvironmentRequest({ external_identifier: "production" }));
  const both = { environment_id: "e-1", external_identifier: "production" };
  const issue = findIssue(admin.isShowEnvironmentRequest, both);
  assertEquals([issue?.path, issue?.expected], [
    "external_identifier",
    "absent if 'environment_id' is given",
  ]);
});
