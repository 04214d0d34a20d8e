import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type AgentInstance,
  AgentInstanceClient,
  type HttpRequester,
  INSTANCE_PURPOSES,
  isAgentContext,
  isAgentInstance,
  isAgentInstanceSpanCounts,
  isAgentInstanceSummary,
  isCostBreakdown,
  isFinishInstanceRequest,
  isInstancePurpose,
  isInstanceRiskScore,
  isListInstancesRequest,
  isModelCost,
  isRecordQualityRequest,
  isRegisterInstanceRequest,
  isShowInstanceRequest,
  isStartInstanceRequest,
  isTerminateInstanceRequest,
  PrefactorResponseContractError,
} from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import {
  ARRAY,
  BOOLEAN,
  brokenCases,
  DATE_TIME,
  fields,
  FILLED_STRING,
  list,
  literal,
  NUMBER,
  OBJECT,
  oneOf,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  type Rules,
  SAFE_INTEGER,
  STRING,
  testGuards,
  testRequestGuards,
  TIMESTAMP,
  under,
} from "./break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "./page_params.ts";
import { SCHEMA_VERSION, SCHEMA_VERSION_RULES, VERSION, VERSION_RULES } from "./registration.ts";

const SPAN_COUNTS = { total: 6, pending: 1, active: 2, complete: 1, failed: 1, cancelled: 1, finished: 3 };
const SPAN_COUNTS_RULES: Rules = fields(Object.keys(SPAN_COUNTS).join(" "), required(SAFE_INTEGER));

const MODEL_COST = {
  model_name: "small",
  provider: "example",
  context_limit: 200_000,
  input: 1_200,
  input_cost: 0.0012,
  output: 300,
  output_cost: 0.0015,
  cache_read: 1_000,
  cache_read_cost: 0.0001,
  total_cost: 0.0028,
};
const MODEL_COST_RULES: Rules = {
  ...fields(Object.keys(MODEL_COST).join(" "), optional(NUMBER)),
  ...fields("model_name provider", optional(STRING)),
};

const SUMMARY = {
  id: "i-1",
  type: "agent_instance",
  account_id: "ac-1",
  agent_id: "a-1",
  agent_version_id: "v-1",
  environment_id: "e-1",
  status: "terminated",
  inserted_at: "2024-05-06T07:08:09Z",
  updated_at: "2024-05-06T07:08:10Z",
  started_at: "2024-05-06T07:08:11Z",
  finished_at: "2024-05-06T07:08:12Z",
  last_activity_span_at: "2024-05-06T07:08:13Z",
  external_identifier: "run-7",
  purpose: "live",
  termination_reason: "Over budget",
  risk_score: { total_score: 12.5 },
  raised_alert_count: 2,
};
const SUMMARY_RULES: Rules = {
  id: required(STRING),
  ...fields("type status purpose", optional(OPEN_ENUM)),
  ...fields("account_id agent_id agent_version_id environment_id", optional(STRING)),
  ...fields("external_identifier termination_reason", optional(STRING)),
  ...fields("inserted_at updated_at started_at finished_at last_activity_span_at", optional(DATE_TIME)),
  risk_score: optional(OPAQUE),
  raised_alert_count: optional(NUMBER),
};

const INSTANCE: AgentInstance = {
  ...SUMMARY,
  type: "agent_instance",
  agent_deployment_id: "d-1",
  span_counts: SPAN_COUNTS,
  span_schema_counts: { "agent:llm": 6 },
  cost_breakdown: { total_cost: 0.0028 },
  quality_payloads: { review: { score: 9 } },
  quality_summaries: { review: "9 of 10" },
};
const INSTANCE_RULES: Rules = {
  ...SUMMARY_RULES,
  type: required(literal("agent_instance")),
  ...fields("account_id agent_id agent_version_id environment_id", required(STRING)),
  status: required(OPEN_ENUM),
  ...fields("inserted_at updated_at", required(DATE_TIME)),
  agent_deployment_id: optional(STRING),
  span_counts: optional(OBJECT),
  ...under("span_counts", SPAN_COUNTS_RULES),
  ...fields("span_schema_counts cost_breakdown quality_payloads quality_summaries", optional(OPAQUE)),
};

testGuards([
  [isAgentInstanceSpanCounts, SPAN_COUNTS, SPAN_COUNTS_RULES],
  [isModelCost, MODEL_COST, MODEL_COST_RULES],
  [isCostBreakdown, { ...MODEL_COST, groups: [MODEL_COST, {}] }, {
    ...MODEL_COST_RULES,
    ...list("groups", optional(ARRAY), OPAQUE, 2),
  }],
  [
    isInstanceRiskScore,
    {
      total_score: 12.5,
      risk_level: "medium",
      critical_threshold: 80,
      any_assessable: true,
      peak_classification: "internal",
      all_data_categories: ["minors_data"],
      allowed_actions: ["read_data", "create_data"],
      per_type: [{ schema_name: "agent:llm", count: 3 }],
    },
    {
      ...fields("total_score critical_threshold", optional(NUMBER)),
      ...fields("risk_level peak_classification", optional(OPEN_ENUM)),
      any_assessable: optional(BOOLEAN),
      ...list("all_data_categories", optional(ARRAY), STRING, 1),
      ...list("allowed_actions", optional(ARRAY), STRING, 2),
      ...list("per_type", optional(ARRAY), OPAQUE, 1),
    },
  ],
  [isAgentInstance, INSTANCE, INSTANCE_RULES],
  [isAgentInstanceSummary, SUMMARY, SUMMARY_RULES],
  [
    isAgentContext,
    { body: "The agent searched.", generated_at: "2024-05-06T07:08:09Z", span_count: 1 },
    { body: required(STRING), generated_at: optional(DATE_TIME), span_count: optional(NUMBER) },
  ],
]);

const KEY_RULES: Rules = { idempotency_key: optional(STRING) };
const TIMESTAMP_RULES: Rules = { timestamp: optional(TIMESTAMP), ...KEY_RULES };
const PURPOSE = oneOf("live", "smoke_test", "eval");

testRequestGuards([
  [
    isRegisterInstanceRequest,
    {
      agent_id: "a-1",
      agent_version: VERSION,
      agent_schema_version: SCHEMA_VERSION,
      id: "i-1",
      environment_id: "e-1",
      external_identifier: "run-7",
      update_current_version: false,
      purpose: "eval",
      idempotency_key: "k-1",
    },
    {
      agent_version: required({ ...OBJECT, right: [{}] }),
      ...under("agent_version", VERSION_RULES),
      agent_schema_version: required({ ...OBJECT, right: [{}] }),
      ...under("agent_schema_version", SCHEMA_VERSION_RULES),
      ...fields("agent_id id environment_id external_identifier", optional(STRING)),
      update_current_version: optional(BOOLEAN),
      purpose: optional(PURPOSE),
      ...KEY_RULES,
    },
  ],
  [isStartInstanceRequest, { timestamp: new Date(0), idempotency_key: "k-1" }, TIMESTAMP_RULES],
  [
    isFinishInstanceRequest,
    { status: "failed", timestamp: "2024-05-06T07:08:09Z", idempotency_key: "k-1" },
    { status: optional(oneOf("complete", "failed", "cancelled")), ...TIMESTAMP_RULES },
  ],
  [
    isTerminateInstanceRequest,
    { reason: "Over budget", timestamp: new Date(0), idempotency_key: "k-1" },
    { reason: required(FILLED_STRING), ...TIMESTAMP_RULES },
  ],
  [
    isRecordQualityRequest,
    { name: "review", payload: { score: 9 }, idempotency_key: "k-1" },
    {
      name: required(STRING),
      payload: { ...required(OPAQUE), expected: "an object or null", nullable: true },
      ...KEY_RULES,
    },
  ],
  [
    isShowInstanceRequest,
    {
      agent_instance_id: "i-1",
      include_counts: true,
      include_costs: false,
      include_risk_score: true,
      include_alert_count: true,
    },
    {
      agent_instance_id: {
        ...required(STRING),
        missing: { path: "external_identifier", expected: "a string if 'agent_instance_id' is absent" },
      },
      ...fields("include_counts include_costs include_risk_score include_alert_count", optional(BOOLEAN)),
    },
  ],
  [isListInstancesRequest, { agent_id: "a-1", agent_version_id: "v-1", ...PAGE_PARAMS }, {
    agent_id: required(STRING),
    agent_version_id: optional(STRING),
    ...PAGE_PARAMS_RULES,
  }],
]);

Deno.test("isAgentInstanceSummary() requires only the ID", () => {
  assert(isAgentInstanceSummary({ id: "" }));
});

Deno.test("isInstancePurpose() accepts the purposes of INSTANCE_PURPOSES", () => {
  assertEquals([...INSTANCE_PURPOSES], ["live", "smoke_test", "eval"]);
  const others = ["", "Live", "demo", null, undefined, 0, ["live"]];
  assertEquals([...INSTANCE_PURPOSES, ...others].filter(isInstancePurpose), [...INSTANCE_PURPOSES]);
});

Deno.test("isShowInstanceRequest() accepts exactly one identifier", () => {
  assert(isShowInstanceRequest({ external_identifier: "run-7" }));
  assert(isShowInstanceRequest({ agent_instance_id: null, external_identifier: "run-7" }));
  const issue = findIssue(isShowInstanceRequest, { agent_instance_id: "i-1", external_identifier: "run-7" });
  assertEquals([issue?.path, issue?.expected], [
    "external_identifier",
    "absent if 'agent_instance_id' is given",
  ]);
});

/** Creates a requester that responds to every request with these details. */
function respondWith(details: unknown): HttpRequester {
  const response = { status: "success", details } as Awaited<ReturnType<HttpRequester["request"]>>;
  return { request: () => Promise.resolve(response) };
}

Deno.test("AgentInstanceClient returns the instance with its unknown fields", async () => {
  const details = { ...INSTANCE, status: "paused", x_new: { a: [1] } };
  const client = new AgentInstanceClient(respondWith(details));
  assertEquals<unknown>(await client.register({ agent_version: {}, agent_schema_version: {} }), details);
  assertEquals<unknown>(await client.start("i-1"), details);
  assertEquals<unknown>(await client.finish("i-1"), details);
});

Deno.test("AgentInstanceClient names the first invalid field of a response and keeps the body", async () => {
  for (const { value, path, found } of brokenCases(INSTANCE, INSTANCE_RULES)) {
    const client = new AgentInstanceClient(respondWith(value));
    for (
      const call of [
        () => client.register({ agent_version: {}, agent_schema_version: {} }),
        () => client.start("i-1"),
        () => client.finish("i-1"),
      ]
    ) {
      const error = await assertRejects(call, PrefactorResponseContractError);
      assertEquals(error.path, `details.${path}`, Deno.inspect(found));
      assertStringIncludes(error.message, `'details.${path}'`);
      assertEquals(error.body, { status: "success", details: value });
    }
  }
});

Deno.test("AgentInstanceClient names the place of invalid details", async () => {
  const table: [response: Record<string, unknown>, path: string][] = [
    [{}, "details"], // the status may be missing
    [{ status: "error", details: INSTANCE }, "status"],
    [{ status: "success" }, "details"],
    [{ status: "success", details: null }, "details"],
    [{ status: "success", details: [INSTANCE] }, "details"],
    [{ status: "success", details: "i-1" }, "details"],
    [
      { status: "success", details: { ...INSTANCE, span_counts: { ...SPAN_COUNTS, total: "6" } } },
      "details.span_counts.total",
    ],
  ];
  for (const [response, path] of table) {
    const client = new AgentInstanceClient({ request: () => Promise.resolve(response as never) });
    const error = await assertRejects(() => client.start("i-1"), PrefactorResponseContractError);
    assertEquals(error.path, path);
  }
});
