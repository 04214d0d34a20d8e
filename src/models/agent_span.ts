/**
 * Agent spans, the steps of a run, and the requests about them.
 *
 * @module
 */

import {
  hasOneOf,
  isAbsentOr,
  isBoolean,
  isDateTime,
  isLiteral,
  isNumber,
  isObject,
  isOneOf,
  isPlainObject,
  isString,
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

/** A step of an agent's run. Timestamps are ISO 8601 date-times. */
export interface AgentSpan {
  /** Always `"agent_span"`. */
  type: "agent_span";
  /** The ID of the span. */
  id: string;
  /** The ID of the agent instance. */
  agent_instance_id: string;
  /** The span type, such as `"agent:llm"`. */
  schema_name: string;
  /** The status. */
  status: OpenEnum<AgentStatus>;
  /** The input of the step. */
  payload?: JsonObject;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent. */
  agent_id?: string | null;
  /** The ID of the parent span. */
  parent_span_id?: string | null;
  /** The title of the span type. */
  schema_title?: string | null;
  /** The purpose. */
  purpose?: OpenEnum<"activity" | "quality" | "alert"> | null;
  /** The result of the step. */
  result_payload?: JsonObject | null;
  /** The summary, rendered from the template of the span type. */
  summary?: string | null;
  /** The data risk of the span type. Narrow it with `isDataRisk`. */
  data_risk?: JsonObject | null;
  /** Whether the payloads contain wrapped sensitive values. */
  sensitive_encoding?: boolean | null;
  /** The estimated size of the payloads, in bytes. */
  payload_byte_size_estimate?: number | null;
  /** The start time. */
  started_at?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
  /** The end time. */
  finished_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AgentSpan}.
 *
 * @example
 * ```ts
 * import { isAgentSpan } from "@prefactor/http";
 *
 * const span = {
 *   type: "agent_span",
 *   id: "s-1",
 *   agent_instance_id: "i-1",
 *   schema_name: "agent:llm",
 *   status: "active",
 * };
 * console.log(isAgentSpan(span)); // true
 * ```
 */
export function isAgentSpan(value: unknown): value is AgentSpan {
  return isObject(value) &&
    isLiteral(value["type"], "agent_span") &&
    isString(value["id"]) &&
    isString(value["agent_instance_id"]) &&
    isString(value["schema_name"]) &&
    isString(value["status"]) &&
    (value["payload"] === undefined || isObject(value["payload"])) &&
    haveCommonTypes(value);
}

/** A step of an agent's run in a list. */
export interface AgentSpanSummary extends SummaryOf<AgentSpan> {
  /** The risk level. */
  risk_level?: string | null;
  /** The risk score. */
  risk_score?: number | null;
}

/**
 * Returns whether a value is an {@linkcode AgentSpanSummary}.
 *
 * @example
 * ```ts
 * import { isAgentSpanSummary } from "@prefactor/http";
 *
 * console.log(isAgentSpanSummary({ id: "s-1", status: "active" })); // true
 * ```
 */
export function isAgentSpanSummary(value: unknown): value is AgentSpanSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["agent_instance_id"], isString) &&
    isAbsentOr(value["schema_name"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["payload"], isObject) &&
    haveCommonTypes(value) &&
    isAbsentOr(value["risk_level"], isString) &&
    isAbsentOr(value["risk_score"], isNumber);
}

/** Checks the optional fields of {@linkcode AgentSpan} and {@linkcode AgentSpanSummary}. */
function haveCommonTypes(value: Record<string, unknown>): boolean {
  return isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["parent_span_id"], isString) &&
    isAbsentOr(value["schema_title"], isString) &&
    isAbsentOr(value["purpose"], isString) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["summary"], isString) &&
    isAbsentOr(value["data_risk"], isObject) &&
    isAbsentOr(value["sensitive_encoding"], isBoolean) &&
    isAbsentOr(value["payload_byte_size_estimate"], isNumber) &&
    isAbsentOr(value["started_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime) &&
    isAbsentOr(value["finished_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateSpanRequest extends IdempotentRequest {
  /** The ID of the agent instance. */
  agent_instance_id: string;
  /** The span type, as declared in the registration. */
  schema_name: string;
  /** The status: any except `"terminated"`. */
  status: Exclude<AgentStatus, "terminated">;
  /** The input of the step. Defaults to `{}`. */
  payload?: JsonObjectLike | null | undefined;
  /** The result of the step, if it has ended. */
  result_payload?: JsonObjectLike | null | undefined;
  /** The ID of the span, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
  /** The ID of the parent span. */
  parent_span_id?: string | null | undefined;
  /** The start time: a `Date` or an ISO 8601 date-time. */
  started_at?: Date | string | null | undefined;
  /** The end time: a `Date` or an ISO 8601 date-time. */
  finished_at?: Date | string | null | undefined;
  /** Whether the payloads contain wrapped sensitive values. */
  sensitive_encoding?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateSpanRequest}.
 *
 * @example
 * ```ts
 * import { isCreateSpanRequest } from "@prefactor/http";
 *
 * const request = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" };
 * console.log(isCreateSpanRequest(request)); // true
 * ```
 */
export function isCreateSpanRequest(value: unknown): value is CreateSpanRequest {
  return isPlainObject(value) &&
    isString(value["agent_instance_id"]) &&
    isString(value["schema_name"]) &&
    isOneOf(value["status"], CREATE_STATUSES) &&
    isAbsentOr(value["payload"], isObject) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["parent_span_id"], isString) &&
    isAbsentOr(value["started_at"], isTimestamp) &&
    isAbsentOr(value["finished_at"], isTimestamp) &&
    isAbsentOr(value["sensitive_encoding"], isBoolean) &&
    isAbsentOr(value["idempotency_key"], isString);
}

const CREATE_STATUSES: readonly CreateSpanRequest["status"][] = [
  "pending",
  "active",
  "complete",
  "failed",
  "cancelled",
];

/** The params of `finish`. Fields that are `undefined` or `null` are omitted. */
export interface FinishSpanRequest extends IdempotentRequest {
  /** The status to finish with. The platform defaults to `"complete"`. */
  status?: FinishStatus | null | undefined;
  /** The result of the step. */
  result_payload?: JsonObjectLike | null | undefined;
  /** The end time: a `Date` or an ISO 8601 date-time. Defaults to the platform's current time. */
  timestamp?: Date | string | null | undefined;
  /** Whether the result contains wrapped sensitive values. */
  sensitive_encoding?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode FinishSpanRequest}.
 *
 * @example
 * ```ts
 * import { isFinishSpanRequest } from "@prefactor/http";
 *
 * console.log(isFinishSpanRequest({ status: "failed", result_payload: { error: "timeout" } })); // true
 * ```
 */
export function isFinishSpanRequest(value: unknown): value is FinishSpanRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["status"], isFinishStatus) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["sensitive_encoding"], isBoolean) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `get`. Fields that are `undefined` or `null` are omitted. */
export interface GetSpanRequest {
  /** Whether to redact sensitive values. Defaults to `false`. */
  redacted?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode GetSpanRequest}.
 *
 * @example
 * ```ts
 * import { isGetSpanRequest } from "@prefactor/http";
 *
 * console.log(isGetSpanRequest({ redacted: true })); // true
 * ```
 */
export function isGetSpanRequest(value: unknown): value is GetSpanRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["redacted"], isBoolean);
}

/**
 * The params of `list` and `listAll`: exactly one of `agent_instance_id` and `agent_id`. Fields that are
 * `undefined` or `null` are omitted.
 */
export interface ListSpansRequest extends PageParams {
  /** The ID of the agent instance. */
  agent_instance_id?: string | null | undefined;
  /** The ID of the agent. */
  agent_id?: string | null | undefined;
  /** The start of the time range: a `Date` or an ISO 8601 date-time. */
  start_time?: Date | string | null | undefined;
  /** The end of the time range: a `Date` or an ISO 8601 date-time. */
  end_time?: Date | string | null | undefined;
  /** Whether to include the summaries of the spans. Defaults to `false`. */
  include_summaries?: boolean | null | undefined;
  /** Whether to include the risk of the spans, if the agent has a risk profile. Defaults to `false`. */
  include_risk_level?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListSpansRequest}.
 *
 * @example
 * ```ts
 * import { isListSpansRequest } from "@prefactor/http";
 *
 * console.log(isListSpansRequest({ agent_instance_id: "i-1", include_summaries: true })); // true
 * console.log(isListSpansRequest({ agent_instance_id: "i-1", agent_id: "a-1" })); // false
 * ```
 */
export function isListSpansRequest(value: unknown): value is ListSpansRequest {
  return isPlainObject(value) &&
    hasOneOf(value, "agent_instance_id", "agent_id") &&
    isAbsentOr(value["start_time"], isTimestamp) &&
    isAbsentOr(value["end_time"], isTimestamp) &&
    isAbsentOr(value["include_summaries"], isBoolean) &&
    isAbsentOr(value["include_risk_level"], isBoolean) &&
    isPageParams(value);
}
