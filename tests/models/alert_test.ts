import { assertEquals } from "@std/assert";
import {
  ALERT_SEVERITIES,
  isAlert,
  isAlertCount,
  isAlertSeverity,
  isAlertSummary,
  isClearAlertRequest,
  isCountAlertsRequest,
  isListAlertsRequest,
  isRaiseAlertRequest,
} from "../../mod.ts";
import {
  absentOr,
  BOOLEAN,
  DATE_TIME,
  fields,
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
} from "./break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "./page_params.ts";

const SUMMARY = {
  id: "al-1",
  type: "alert",
  account_id: "ac-1",
  agent_id: "a-1",
  agent_instance_id: "i-1",
  environment_id: "e-1",
  name: "over_budget",
  title: "Over budget",
  severity: "warning",
  status: "raised",
  summary: "12 spent",
  raised_at: "2024-05-06T07:08:09Z",
  cleared_at: "2024-05-06T07:08:10Z",
  inserted_at: "2024-05-06T07:08:11Z",
  updated_at: "2024-05-06T07:08:12Z",
  version: 2,
};

const SUMMARY_RULES: Rules = {
  id: required(STRING),
  ...fields("type severity status", optional(OPEN_ENUM)),
  ...fields("account_id agent_id agent_instance_id environment_id name title summary", optional(STRING)),
  ...fields("raised_at cleared_at inserted_at updated_at", optional(DATE_TIME)),
  version: { ...absentOr({ expected: "", wrong: [], right: ["2", 1.5, {}, []] }), nullable: true },
};

testGuards([
  [isAlertSummary, SUMMARY, SUMMARY_RULES],
  [isAlert, { ...SUMMARY, payload: { spent: 12 }, payload_sensitive_encoding: false }, {
    ...SUMMARY_RULES,
    payload: optional(OPAQUE),
    payload_sensitive_encoding: optional(BOOLEAN),
  }],
  [isAlertCount, { count: 2 }, { count: required(NUMBER) }],
]);

const SEVERITY = oneOf("critical", "error", "warning", "info");
const STATUS = oneOf("raised", "cleared");

const REQUEST = {
  agent_instance_id: "i-1",
  name: "over_budget",
  severity: "warning",
  payload: { spent: 12 },
  payload_sensitive_encoding: true,
  idempotency_key: "k-1",
};
const REQUEST_RULES: Rules = {
  ...fields("agent_instance_id name", required(STRING)),
  severity: optional(SEVERITY),
  payload: optional(OPAQUE),
  payload_sensitive_encoding: optional(BOOLEAN),
  idempotency_key: optional(STRING),
};

testRequestGuards([
  [isRaiseAlertRequest, { ...REQUEST, raised_at: new Date(0) }, {
    ...REQUEST_RULES,
    severity: required(SEVERITY),
    payload: required(OPAQUE),
    raised_at: optional(TIMESTAMP),
  }],
  [isClearAlertRequest, { ...REQUEST, cleared_at: "2024-05-06T07:08:09Z" }, {
    ...REQUEST_RULES,
    cleared_at: optional(TIMESTAMP),
  }],
  [isCountAlertsRequest, { status: "raised", severity: "info" }, {
    status: optional(STATUS),
    severity: optional(SEVERITY),
  }],
  [
    isListAlertsRequest,
    {
      agent_instance_id: "i-1",
      agent_id: "a-1",
      environment_id: "e-1",
      name: "over_budget",
      active_during: { start_at: new Date(0), finish_at: "2024-05-06T07:08:09Z" },
      status: "cleared",
      severity: "error",
      ...PAGE_PARAMS,
    },
    {
      ...fields("agent_instance_id agent_id environment_id name", optional(STRING)),
      active_during: optional({ ...OBJECT, right: [{}] }),
      ...fields("active_during.start_at active_during.finish_at", optional(TIMESTAMP)),
      status: optional(STATUS),
      severity: optional(SEVERITY),
      ...PAGE_PARAMS_RULES,
    },
  ],
]);

Deno.test("isAlertSeverity() accepts the severities of ALERT_SEVERITIES", () => {
  assertEquals([...ALERT_SEVERITIES], ["critical", "error", "warning", "info"]);
  const others = ["", "Critical", "low", null, undefined, 0, ["info"]];
  assertEquals([...ALERT_SEVERITIES, ...others].filter(isAlertSeverity), [...ALERT_SEVERITIES]);
});
