import { assert, assertEquals } from "@std/assert";
import {
  isAgent,
  isAgentInstanceCounts,
  isAgentShow,
  isAgentSummary,
  isCreateAgentRequest,
  isListAgentsRequest,
  isRiskAssessment,
  isRiskRollup,
  isShowAgentRequest,
  isUpdateAgentRequest,
} from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import {
  ARRAY,
  BOOLEAN,
  DATE_TIME,
  fields,
  list,
  NUMBER,
  OBJECT,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  type Rules,
  STRING,
  testGuards,
  testRequestGuards,
  under,
} from "./break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "./page_params.ts";

const SUMMARY = {
  id: "a-1",
  type: "agent",
  name: "Librarian",
  description: "Finds books",
  external_identifier: "librarian",
  status: "active",
  owner_person_id: "p-1",
  team_id: "t-1",
  instance_counts: { total: 3, terminated: 1 },
  available_actions: { update: true, delete: false },
  last_activity_span_at: "2024-05-06T07:08:09Z",
  inserted_at: "2024-05-06T07:08:10Z",
  updated_at: "2024-05-06T07:08:11Z",
};

const SUMMARY_RULES: Rules = {
  id: required(STRING),
  ...fields("type status", optional(OPEN_ENUM)),
  ...fields("name description external_identifier owner_person_id team_id", optional(STRING)),
  ...fields("instance_counts available_actions", optional(OPAQUE)),
  ...fields("last_activity_span_at inserted_at updated_at", optional(DATE_TIME)),
};

const AGENT = { ...SUMMARY, risk_profile_id: "r-1" };
const AGENT_RULES: Rules = { ...SUMMARY_RULES, risk_profile_id: optional(STRING) };

const COUNTS = {
  total: 8,
  pending: 1,
  active: 2,
  complete: 1,
  failed: 1,
  cancelled: 1,
  terminated: 2,
  finished: 5,
};

testGuards([
  [isAgentInstanceCounts, COUNTS, fields(Object.keys(COUNTS).join(" "), optional(NUMBER))],
  [isAgentSummary, SUMMARY, SUMMARY_RULES],
  [isAgent, AGENT, AGENT_RULES],
  [
    isRiskAssessment,
    {
      highest_classification: "internal",
      classification_counts: { internal: 3 },
      all_data_categories: ["minors_data", "personal_identifiers"],
      external_communication_count: 1,
      total_span_types: 4,
      assessed_span_types: 3,
      unassessed_span_types: 1,
    },
    {
      highest_classification: optional(OPEN_ENUM),
      classification_counts: optional(OPAQUE),
      ...list("all_data_categories", optional(ARRAY), STRING, 2),
      ...fields(
        "external_communication_count total_span_types assessed_span_types unassessed_span_types",
        optional(NUMBER),
      ),
    },
  ],
  [
    isRiskRollup,
    { observed_risk: { total_span_types: 1 }, theoretical_risk: { total_span_types: 4 } },
    fields("observed_risk theoretical_risk", optional(OPAQUE)),
  ],
  [isAgentShow, { details: AGENT, risk_rollup: { observed_risk: null } }, {
    details: required(OBJECT),
    ...under("details", AGENT_RULES),
    risk_rollup: optional(OPAQUE),
  }],
]);

const UPDATE = {
  name: "Librarian",
  description: "Finds books",
  owner_person_id: "p-1",
  risk_profile_id: "r-1",
  team_id: "t-1",
  idempotency_key: "k-1",
};
const UPDATE_RULES: Rules = fields(Object.keys(UPDATE).join(" "), optional(STRING));

testRequestGuards([
  [isCreateAgentRequest, { ...UPDATE, id: "a-1", external_identifier: "librarian" }, {
    ...UPDATE_RULES,
    name: required(STRING),
    ...fields("id external_identifier", optional(STRING)),
  }],
  [isUpdateAgentRequest, UPDATE, UPDATE_RULES],
  [
    isShowAgentRequest,
    { agent_id: "a-1", environment_id: "e-1", include_counts: true, include_risk_rollup: false },
    {
      agent_id: {
        ...required(STRING),
        missing: { path: "external_identifier", expected: "a string if 'agent_id' is absent" },
      },
      environment_id: optional(STRING),
      ...fields("include_counts include_risk_rollup", optional(BOOLEAN)),
    },
  ],
  [
    isListAgentsRequest,
    { risk_profile_id: "r-1", team_id: "t-1", owner_person_id: "null", ...PAGE_PARAMS },
    { ...fields("risk_profile_id team_id owner_person_id", optional(STRING)), ...PAGE_PARAMS_RULES },
  ],
]);

Deno.test("isAgent() requires only the ID", () => {
  assert(isAgent({ id: "" }));
  assert(isAgentShow({ details: { id: "" } }));
});

Deno.test("isShowAgentRequest() accepts exactly one identifier", () => {
  const other = "external_identifier";
  assert(isShowAgentRequest({ [other]: "librarian" }));
  assert(isShowAgentRequest({ agent_id: null, [other]: "librarian" }));
  assert(isShowAgentRequest({ agent_id: "a-1", [other]: null }));
  const table: [value: object, path: string, expected: string][] = [
    [{}, other, "a string if 'agent_id' is absent"],
    [{ [other]: 1 }, other, "a string if 'agent_id' is absent"],
    [{ agent_id: "a-1", [other]: "librarian" }, other, "absent if 'agent_id' is given"],
    [{ agent_id: 1, [other]: "librarian" }, "agent_id", "a string"],
  ];
  for (const [value, path, expected] of table) {
    const issue = findIssue(isShowAgentRequest, value);
    assertEquals([issue?.path, issue?.expected], [path, expected]);
  }
});
