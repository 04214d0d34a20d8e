import { assertEquals } from "@std/assert";
import type { PrefactorHttpClient } from "../../mod.ts";
import { json, makeClient } from "../helpers.ts";

const INSTANCE = {
  type: "agent_instance",
  id: "i-1",
  account_id: "ac-1",
  agent_id: "a-1",
  agent_version_id: "v-1",
  environment_id: "e-1",
  status: "paused",
  inserted_at: "2024-05-06T07:08:09Z",
  updated_at: "2024-05-06T07:08:09Z",
  ...nulls(
    "agent_deployment_id external_identifier purpose started_at finished_at last_activity_span_at",
    "termination_reason span_counts span_schema_counts cost_breakdown risk_score raised_alert_count",
    "quality_payloads quality_summaries",
  ),
};

const SPAN = {
  type: "agent_span",
  id: "s-1",
  agent_instance_id: "i-1",
  schema_name: "agent:llm",
  status: "paused",
  ...nulls(
    "account_id agent_id parent_span_id schema_title purpose result_payload summary data_risk",
    "sensitive_encoding payload_byte_size_estimate started_at inserted_at updated_at finished_at",
  ),
};

const AGENT = {
  id: "a-1",
  status: "hibernating",
  ...nulls(
    "type name description external_identifier owner_person_id team_id risk_profile_id instance_counts",
    "available_actions last_activity_span_at inserted_at updated_at",
  ),
};

const ALERT = {
  id: "al-1",
  severity: "fatal",
  status: "muted",
  ...nulls(
    "type account_id agent_id agent_instance_id environment_id name title summary raised_at cleared_at",
    "version payload payload_sensitive_encoding inserted_at updated_at",
  ),
};

/** Creates an object whose fields are `null`. */
function nulls(...names: string[]): Record<string, null> {
  return Object.fromEntries(names.join(" ").split(" ").map((name) => [name, null]));
}

type Row = [
  name: string,
  call: (client: PrefactorHttpClient) => Promise<unknown>,
  body: Record<string, unknown>,
  result: unknown,
];

const ROWS: readonly Row[] = [
  [
    "agentInstances.get()",
    ({ agentInstances }) => agentInstances.get("i-1"),
    { details: INSTANCE },
    INSTANCE,
  ],
  [
    "agentInstances.register()",
    ({ agentInstances }) => agentInstances.register({ agent_version: {}, agent_schema_version: {} }),
    { details: { ...INSTANCE, purpose: "demo" }, agent_version: {}, agent_schema_version: {} },
    { ...INSTANCE, purpose: "demo" },
  ],
  [
    "agentInstances.getContext()",
    ({ agentInstances }) => agentInstances.getContext("i-1"),
    { agent_context: { body: "", generated_at: null, span_count: null } },
    { body: "", generated_at: null, span_count: null },
  ],
  [
    "agentSpans.finish()",
    ({ agentSpans }) => agentSpans.finish("s-1"),
    { details: SPAN, control: { terminate: null, reason: null } },
    SPAN,
  ],
  ["agents.get()", ({ agents }) => agents.get("a-1"), { details: AGENT }, AGENT],
  ["agents.show()", ({ agents }) => agents.show({ agent_id: "a-1" }), { details: AGENT }, { details: AGENT }],
  [
    "agents.show() with a risk",
    ({ agents }) => agents.show({ agent_id: "a-1" }),
    { details: AGENT, risk_rollup: { observed_risk: null, theoretical_risk: null } },
    { details: AGENT, risk_rollup: { observed_risk: null, theoretical_risk: null } },
  ],
  ["alerts.get()", ({ alerts }) => alerts.get("al-1"), { details: ALERT }, ALERT],
  ["alerts.count()", ({ alerts }) => alerts.count(), { count: 0 }, 0],
  ...([
    ["agents", ({ agents }) => agents.list(), AGENT],
    ["agentInstances", ({ agentInstances }) => agentInstances.list({ agent_id: "a-1" }), INSTANCE],
    ["agentSpans", ({ agentSpans }) => agentSpans.list({ agent_id: "a-1" }), SPAN],
    ["alerts", ({ alerts }) => alerts.list(), ALERT],
  ] as const satisfies readonly (readonly [string, Row[1], object])[]).map(([name, list, row]): Row => {
    const page = { summaries: [row, { id: "x" }], pagination: {}, sorting: { field: null, nulls: "middle" } };
    return [`${name}.list()`, list, page, page];
  }),
];

for (const [name, call, body, result] of ROWS) {
  Deno.test(`${name} accepts a response without a status, with nulls and with new values of enums`, async () => {
    for (const response of [body, { status: null, ...body }, { ...body, x_new: { at: 1 } }]) {
      const { client } = makeClient(() => json(response));
      const actual = await call(client);
      assertEquals(actual, isWhole(result) ? response : result);
    }
  });
}

/** Whether the result of a method is the whole response. */
function isWhole(result: unknown): boolean {
  return typeof result === "object" && result !== null && ("summaries" in result || "details" in result);
}
