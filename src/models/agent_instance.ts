/**
 * Agent instances, the runs of an agent, and the requests about them.
 *
 * @module
 */

import {
  fail,
  hasOneOf,
  isAbsentOr,
  isArrayOf,
  isBoolean,
  isDateTime,
  isFilledString,
  isLiteral,
  isNumber,
  isObject,
  isOneOf,
  isPlainObject,
  isSafeInteger,
  isString,
  isStringArray,
  isTimestamp,
} from "../guards.ts";
import {
  type AgentStatus,
  type FinishStatus,
  type IdempotentRequest,
  isFinishStatus,
  type JsonObject,
  type JsonObjectLike,
  type OpenEnum,
  type SummaryOf,
} from "./common.ts";
import { isPageParams, type PageParams } from "./page.ts";
import {
  type AgentSchemaVersionForRegister,
  type AgentVersionForRegister,
  isAgentSchemaVersionForRegister,
  isAgentVersionForRegister,
} from "./registration.ts";

/** All purposes of agent instances. */
export const INSTANCE_PURPOSES = ["live", "smoke_test", "eval"] as const;

/** The purpose of an agent instance. */
export type InstancePurpose = typeof INSTANCE_PURPOSES[number];

/**
 * Returns whether a value is a purpose that this version knows.
 *
 * @example
 * ```ts
 * import { isInstancePurpose } from "@prefactor/http";
 *
 * console.log(isInstancePurpose("eval"), isInstancePurpose("demo")); // true false
 * ```
 */
export function isInstancePurpose(value: unknown): value is InstancePurpose {
  return isOneOf(value, INSTANCE_PURPOSES);
}

/** The number of spans of an agent instance, by status. */
export interface AgentInstanceSpanCounts {
  /** All spans. */
  total: number;
  /** The spans that have not started. */
  pending: number;
  /** The spans that have started and not ended. */
  active: number;
  /** The spans that ended successfully. */
  complete: number;
  /** The spans that failed. */
  failed: number;
  /** The spans that were cancelled. */
  cancelled: number;
  /** The spans that ended with any status. */
  finished: number;
}

/**
 * Returns whether a value is an {@linkcode AgentInstanceSpanCounts}.
 *
 * @example
 * ```ts
 * import { isAgentInstanceSpanCounts } from "@prefactor/http";
 *
 * console.log(isAgentInstanceSpanCounts({ total: 3 })); // false: the other counts are missing
 * ```
 */
export function isAgentInstanceSpanCounts(value: unknown): value is AgentInstanceSpanCounts {
  return isObject(value) &&
    isSafeInteger(value["total"]) &&
    isSafeInteger(value["pending"]) &&
    isSafeInteger(value["active"]) &&
    isSafeInteger(value["complete"]) &&
    isSafeInteger(value["failed"]) &&
    isSafeInteger(value["cancelled"]) &&
    isSafeInteger(value["finished"]);
}

/** The tokens that a model used, and their cost. */
export interface ModelCost {
  /** The name of the model. */
  model_name?: string | null;
  /** The provider of the model. */
  provider?: string | null;
  /** The size of the model's context, in tokens. */
  context_limit?: number | null;
  /** The number of input tokens. */
  input?: number | null;
  /** The cost of the input tokens. */
  input_cost?: number | null;
  /** The number of output tokens. */
  output?: number | null;
  /** The cost of the output tokens. */
  output_cost?: number | null;
  /** The number of input tokens that were read from a cache. */
  cache_read?: number | null;
  /** The cost of the input tokens that were read from a cache. */
  cache_read_cost?: number | null;
  /** The cost of all tokens. */
  total_cost?: number | null;
}

/**
 * Returns whether a value is a {@linkcode ModelCost}.
 *
 * @example
 * ```ts
 * import { isModelCost } from "@prefactor/http";
 *
 * console.log(isModelCost({ model_name: "small", input: 1_200, input_cost: 0.0012 })); // true
 * ```
 */
export function isModelCost(value: unknown): value is ModelCost {
  return isObject(value) &&
    isAbsentOr(value["model_name"], isString) &&
    isAbsentOr(value["provider"], isString) &&
    isAbsentOr(value["context_limit"], isNumber) &&
    isAbsentOr(value["input"], isNumber) &&
    isAbsentOr(value["input_cost"], isNumber) &&
    isAbsentOr(value["output"], isNumber) &&
    isAbsentOr(value["output_cost"], isNumber) &&
    isAbsentOr(value["cache_read"], isNumber) &&
    isAbsentOr(value["cache_read_cost"], isNumber) &&
    isAbsentOr(value["total_cost"], isNumber);
}

/** The tokens that an agent instance used, and their cost. */
export interface CostBreakdown extends Omit<ModelCost, "model_name" | "provider" | "context_limit"> {
  /** The cost of each model. */
  groups?: ModelCost[] | null;
}

/**
 * Returns whether a value is a {@linkcode CostBreakdown}.
 *
 * @example
 * ```ts
 * import { isCostBreakdown } from "@prefactor/http";
 *
 * console.log(isCostBreakdown({ total_cost: 0.02, groups: [{ model_name: "small", total_cost: 0.02 }] })); // true
 * ```
 */
export function isCostBreakdown(value: unknown): value is CostBreakdown {
  return isObject(value) &&
    isModelCost(value) &&
    isAbsentOr(value["groups"], isObjectArray);
}

/** The risk of an agent instance, according to the risk profile of its agent. */
export interface InstanceRiskScore {
  /** The score. */
  total_score?: number | null;
  /** The level that corresponds to the score. */
  risk_level?: string | null;
  /** The score at which the level becomes critical. */
  critical_threshold?: number | null;
  /** Whether any span has a type with a data risk. */
  any_assessable?: boolean | null;
  /** The most confidential classification of the data. */
  peak_classification?: string | null;
  /** The kinds of data that the spans handle. */
  all_data_categories?: string[] | null;
  /** The actions that the spans may take. */
  allowed_actions?: string[] | null;
  /** The contribution of each span type. */
  per_type?: JsonObject[] | null;
}

/**
 * Returns whether a value is an {@linkcode InstanceRiskScore}.
 *
 * @example
 * ```ts
 * import { isInstanceRiskScore } from "@prefactor/http";
 *
 * console.log(isInstanceRiskScore({ total_score: 12.5, risk_level: "medium" })); // true
 * ```
 */
export function isInstanceRiskScore(value: unknown): value is InstanceRiskScore {
  return isObject(value) &&
    isAbsentOr(value["total_score"], isNumber) &&
    isAbsentOr(value["risk_level"], isString) &&
    isAbsentOr(value["critical_threshold"], isNumber) &&
    isAbsentOr(value["any_assessable"], isBoolean) &&
    isAbsentOr(value["peak_classification"], isString) &&
    isAbsentOr(value["all_data_categories"], isStringArray) &&
    isAbsentOr(value["allowed_actions"], isStringArray) &&
    isAbsentOr(value["per_type"], isObjectArray);
}

function isObjectArray(value: unknown): value is Record<string, unknown>[] {
  return isArrayOf(value, isObject);
}

/** A run of an agent. Timestamps are ISO 8601 date-times. */
export interface AgentInstance {
  /** Always `"agent_instance"`. */
  type: "agent_instance";
  /** The ID of the instance. */
  id: string;
  /** The ID of the account. */
  account_id: string;
  /** The ID of the agent. */
  agent_id: string;
  /** The ID of the agent's version. */
  agent_version_id: string;
  /** The ID of the environment. */
  environment_id: string;
  /** The status. */
  status: OpenEnum<AgentStatus>;
  /** The time of registration. */
  inserted_at: string;
  /** The time of the last update. */
  updated_at: string;
  /** The ID of the deployment. */
  agent_deployment_id?: string | null;
  /** The number of spans, by status. */
  span_counts?: AgentInstanceSpanCounts | null;
  /** The number of spans, by type. */
  span_schema_counts?: JsonObject | null;
  /** The tokens that the models used, and their cost. */
  cost_breakdown?: CostBreakdown | null;
  /** The recorded payload of each quality, by name. */
  quality_payloads?: { [name: string]: JsonObject } | null;
  /** The summary of each recorded quality, by name. */
  quality_summaries?: { [name: string]: string } | null;
  /** The identifier of the instance in your own system. */
  external_identifier?: string | null;
  /** The purpose. */
  purpose?: OpenEnum<InstancePurpose> | null;
  /** The start time. */
  started_at?: string | null;
  /** The end time. */
  finished_at?: string | null;
  /** The time of the last span with the purpose `activity`. */
  last_activity_span_at?: string | null;
  /** The reason of the person who terminated the instance. */
  termination_reason?: string | null;
  /** The risk, according to the agent's risk profile. */
  risk_score?: InstanceRiskScore | null;
  /** The number of raised alerts. */
  raised_alert_count?: number | null;
}

/**
 * Returns whether a value is an {@linkcode AgentInstance}.
 *
 * @example
 * ```ts
 * import { isAgentInstance } from "@prefactor/http";
 *
 * console.log(isAgentInstance({ type: "agent_span" })); // false
 * ```
 */
export function isAgentInstance(value: unknown): value is AgentInstance {
  return isObject(value) &&
    isLiteral(value["type"], "agent_instance") &&
    isString(value["id"]) &&
    isString(value["account_id"]) &&
    isString(value["agent_id"]) &&
    isString(value["agent_version_id"]) &&
    isString(value["environment_id"]) &&
    isString(value["status"]) &&
    isDateTime(value["inserted_at"]) &&
    isDateTime(value["updated_at"]) &&
    isAbsentOr(value["agent_deployment_id"], isString) &&
    isAbsentOr(value["span_counts"], isAgentInstanceSpanCounts) &&
    isAbsentOr(value["span_schema_counts"], isObject) &&
    isAbsentOr(value["cost_breakdown"], isObject) &&
    isAbsentOr(value["quality_payloads"], isObject) &&
    isAbsentOr(value["quality_summaries"], isObject) &&
    haveCommonTypes(value);
}

/** A run of an agent in a list, without its deployment, counts, costs and qualities. */
export type AgentInstanceSummary = SummaryOf<
  Omit<
    AgentInstance,
    | "agent_deployment_id"
    | "span_counts"
    | "span_schema_counts"
    | "cost_breakdown"
    | "quality_payloads"
    | "quality_summaries"
  >
>;

/**
 * Returns whether a value is an {@linkcode AgentInstanceSummary}.
 *
 * @example
 * ```ts
 * import { isAgentInstanceSummary } from "@prefactor/http";
 *
 * console.log(isAgentInstanceSummary({ id: "i-1", status: "active" })); // true
 * ```
 */
export function isAgentInstanceSummary(value: unknown): value is AgentInstanceSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["agent_version_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime) &&
    haveCommonTypes(value);
}

/** Checks the optional fields of {@linkcode AgentInstance} and {@linkcode AgentInstanceSummary}. */
function haveCommonTypes(value: Record<string, unknown>): boolean {
  return isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["purpose"], isString) &&
    isAbsentOr(value["started_at"], isDateTime) &&
    isAbsentOr(value["finished_at"], isDateTime) &&
    isAbsentOr(value["last_activity_span_at"], isDateTime) &&
    isAbsentOr(value["termination_reason"], isString) &&
    isAbsentOr(value["risk_score"], isObject) &&
    isAbsentOr(value["raised_alert_count"], isNumber);
}

/** A description of an agent instance as text for another agent. */
export interface AgentContext {
  /** The text. */
  body: string;
  /** The time at which the text was generated. */
  generated_at?: string | null;
  /** The number of spans that the text covers. */
  span_count?: number | null;
}

/**
 * Returns whether a value is an {@linkcode AgentContext}.
 *
 * @example
 * ```ts
 * import { isAgentContext } from "@prefactor/http";
 *
 * console.log(isAgentContext({ body: "The agent searched the catalogue.", span_count: 1 })); // true
 * ```
 */
export function isAgentContext(value: unknown): value is AgentContext {
  return isObject(value) &&
    isString(value["body"]) &&
    isAbsentOr(value["generated_at"], isDateTime) &&
    isAbsentOr(value["span_count"], isNumber);
}

/** The params of `register`. Fields that are `undefined` or `null` are omitted. */
export interface RegisterInstanceRequest extends IdempotentRequest {
  /** The ID of the agent. Leave it out with a deployment-scoped token. */
  agent_id?: string | null | undefined;
  /** The version of the agent. */
  agent_version: AgentVersionForRegister;
  /** The schemas of the agent's spans, quality payloads and alerts. */
  agent_schema_version: AgentSchemaVersionForRegister;
  /** The ID of the instance, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
  /** The ID of the environment. Leave it out with a deployment-scoped token. */
  environment_id?: string | null | undefined;
  /** The identifier of the instance in your own system. */
  external_identifier?: string | null | undefined;
  /** Whether the version becomes the current version of the agent. Defaults to `true`. */
  update_current_version?: boolean | null | undefined;
  /** The purpose of the instance. The platform defaults to `"live"`. */
  purpose?: InstancePurpose | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode RegisterInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isRegisterInstanceRequest } from "@prefactor/http";
 *
 * console.log(isRegisterInstanceRequest({ agent_version: {}, agent_schema_version: {} })); // true
 * ```
 */
export function isRegisterInstanceRequest(value: unknown): value is RegisterInstanceRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAgentVersionForRegister(value["agent_version"]) &&
    isAgentSchemaVersionForRegister(value["agent_schema_version"]) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["update_current_version"], isBoolean) &&
    isAbsentOr(value["purpose"], isInstancePurpose) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `start`. Fields that are `undefined` or `null` are omitted. */
export interface StartInstanceRequest extends IdempotentRequest {
  /** The start time: a `Date` or an ISO 8601 date-time. Defaults to the platform's current time. */
  timestamp?: Date | string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode StartInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isStartInstanceRequest } from "@prefactor/http";
 *
 * console.log(isStartInstanceRequest({ timestamp: new Date() })); // true
 * ```
 */
export function isStartInstanceRequest(value: unknown): value is StartInstanceRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `finish`. Fields that are `undefined` or `null` are omitted. */
export interface FinishInstanceRequest extends IdempotentRequest {
  /** The status to finish with. The platform defaults to `"complete"`. */
  status?: FinishStatus | null | undefined;
  /** The end time: a `Date` or an ISO 8601 date-time. Defaults to the platform's current time. */
  timestamp?: Date | string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode FinishInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isFinishInstanceRequest } from "@prefactor/http";
 *
 * console.log(isFinishInstanceRequest({ status: "active" })); // false
 * ```
 */
export function isFinishInstanceRequest(value: unknown): value is FinishInstanceRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["status"], isFinishStatus) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `terminate`. Fields that are `undefined` or `null` are omitted. */
export interface TerminateInstanceRequest extends IdempotentRequest {
  /** The reason, which the agent receives and the audit trail records. It must not be empty. */
  reason: string;
  /** The time of termination: a `Date` or an ISO 8601 date-time. Defaults to the platform's current time. */
  timestamp?: Date | string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode TerminateInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isTerminateInstanceRequest } from "@prefactor/http";
 *
 * console.log(isTerminateInstanceRequest({ reason: "Over budget" })); // true
 * ```
 */
export function isTerminateInstanceRequest(value: unknown): value is TerminateInstanceRequest {
  return isPlainObject(value) &&
    isFilledString(value["reason"]) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `recordQuality`. */
export interface RecordQualityRequest extends IdempotentRequest {
  /** The name of the quality, as declared in the registration. */
  name: string;
  /** The payload, or `null` to remove the recorded one. */
  payload: JsonObjectLike | null;
}

/**
 * Returns whether a value is a {@linkcode RecordQualityRequest}.
 *
 * @example
 * ```ts
 * import { isRecordQualityRequest } from "@prefactor/http";
 *
 * console.log(isRecordQualityRequest({ name: "review", payload: { score: 9 } })); // true
 * ```
 */
export function isRecordQualityRequest(value: unknown): value is RecordQualityRequest {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    (value["payload"] === null || isObject(value["payload"]) || fail("an object or null")) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `show`: exactly one of the identifiers. Fields that are `undefined` or `null` are omitted. */
export interface ShowInstanceRequest {
  /** The ID of the instance. */
  agent_instance_id?: string | null | undefined;
  /** The identifier of the instance in your own system. */
  external_identifier?: string | null | undefined;
  /** Whether to include the counts of spans. Defaults to `false`. */
  include_counts?: boolean | null | undefined;
  /** Whether to include the cost. Defaults to `false`. */
  include_costs?: boolean | null | undefined;
  /** Whether to include the risk. Defaults to `false`. */
  include_risk_score?: boolean | null | undefined;
  /** Whether to include the number of raised alerts. Defaults to `false`. */
  include_alert_count?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ShowInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isShowInstanceRequest } from "@prefactor/http";
 *
 * console.log(isShowInstanceRequest({ external_identifier: "run-7", include_costs: true })); // true
 * ```
 */
export function isShowInstanceRequest(value: unknown): value is ShowInstanceRequest {
  return isPlainObject(value) &&
    hasOneOf(value, "agent_instance_id", "external_identifier") &&
    isAbsentOr(value["include_counts"], isBoolean) &&
    isAbsentOr(value["include_costs"], isBoolean) &&
    isAbsentOr(value["include_risk_score"], isBoolean) &&
    isAbsentOr(value["include_alert_count"], isBoolean);
}

/** The params of `list` and `listAll`. Fields that are `undefined` or `null` are omitted. */
export interface ListInstancesRequest extends PageParams {
  /** The ID of the agent. */
  agent_id: string;
  /** The ID of the agent's version. */
  agent_version_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListInstancesRequest}.
 *
 * @example
 * ```ts
 * import { isListInstancesRequest } from "@prefactor/http";
 *
 * console.log(isListInstancesRequest({ agent_id: "a-1", pagination: { page_size: 10 } })); // true
 * ```
 */
export function isListInstancesRequest(value: unknown): value is ListInstancesRequest {
  return isPlainObject(value) &&
    isString(value["agent_id"]) &&
    isAbsentOr(value["agent_version_id"], isString) &&
    isPageParams(value);
}
