/**
 * An agent span, one step of a run, and the requests that change it.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isLiteral, isObject, isString, isTimestamp } from "../guards.ts";
import type { AgentStatus, FinishStatus, JsonObject } from "./common.ts";
import { isAgentStatus, isFinishStatus } from "./common.ts";

/** One step of an agent's run. Every timestamp is an ISO 8601 date-time. */
export interface AgentSpan {
  /** Always `"agent_span"`. */
  type: "agent_span";
  /** The id of the span. */
  id: string;
  /** The instance that it belongs to. */
  agent_instance_id: string;
  /** The type of span, such as `"agent:llm"`. */
  schema_name: string;
  /** Where it stands; a status that this version does not know is possible. */
  status: AgentStatus | (string & Record<never, never>);
  /** The account that it belongs to. */
  account_id?: string | null;
  /** The agent that runs. */
  agent_id?: string | null;
  /** The span around it. */
  parent_span_id?: string | null;
  /** The title of spans of its type. */
  schema_title?: string | null;
  /** What the step was given. */
  payload?: JsonObject;
  /** What came of the step. */
  result_payload?: JsonObject | null;
  /** The step in a sentence, made by the platform. */
  summary?: string | null;
  /** When it started. */
  started_at?: string | null;
  /** When it was created. */
  inserted_at?: string | null;
  /** When it last changed. */
  updated_at?: string | null;
  /** When it ended. */
  finished_at?: string | null;
}

/**
 * Whether the value is an {@linkcode AgentSpan}.
 *
 * @example
 * ```ts
 * import { isAgentSpan } from "@prefactor/http";
 *
 * const span = {
 *   type: "agent_span",
 *   id: "s1",
 *   agent_instance_id: "i1",
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
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["parent_span_id"], isString) &&
    isAbsentOr(value["schema_title"], isString) &&
    (value["payload"] === undefined || isObject(value["payload"])) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["summary"], isString) &&
    isAbsentOr(value["started_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime) &&
    isAbsentOr(value["finished_at"], isDateTime);
}

/** What the creation of a span sends. An optional field that is `undefined` or `null` is left out. */
export interface CreateSpanRequest {
  /** The instance that the span belongs to. */
  agent_instance_id: string;
  /** The type of span, as the registration declared it. */
  schema_name: string;
  /** Where the span stands. */
  status: AgentStatus;
  /** What the step was given; sent as `{}` unless given. */
  payload?: JsonObject | null | undefined;
  /** What came of the step, where it is over. */
  result_payload?: JsonObject | null | undefined;
  /** An id for the span, where the caller chooses it. */
  id?: string | null | undefined;
  /** The span around it. */
  parent_span_id?: string | null | undefined;
  /** When it started: a `Date` or an ISO 8601 date-time. */
  started_at?: Date | string | null | undefined;
  /** When it ended: a `Date` or an ISO 8601 date-time. */
  finished_at?: Date | string | null | undefined;
  /** The key that makes a retry safe, 1 to 64 characters; generated unless given. */
  idempotency_key?: string | null | undefined;
}

/**
 * Whether the value is a {@linkcode CreateSpanRequest}.
 *
 * @example
 * ```ts
 * import { isCreateSpanRequest } from "@prefactor/http";
 *
 * const request = { agent_instance_id: "i1", schema_name: "agent:llm", status: "active" };
 * console.log(isCreateSpanRequest(request)); // true
 * ```
 */
export function isCreateSpanRequest(value: unknown): value is CreateSpanRequest {
  return isObject(value) &&
    isString(value["agent_instance_id"]) &&
    isString(value["schema_name"]) &&
    isAgentStatus(value["status"]) &&
    isAbsentOr(value["payload"], isObject) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["parent_span_id"], isString) &&
    isAbsentOr(value["started_at"], isTimestamp) &&
    isAbsentOr(value["finished_at"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** What the finish of a span sends. An optional field that is `undefined` or `null` is left out. */
export interface FinishSpanRequest {
  /** How it ended; the server takes `"complete"` unless given. */
  status?: FinishStatus | null | undefined;
  /** What came of the step. */
  result_payload?: JsonObject | null | undefined;
  /** When it ended: a `Date` or an ISO 8601 date-time; now, by the server's clock, unless given. */
  timestamp?: Date | string | null | undefined;
  /** The key that makes a retry safe, 1 to 64 characters; generated unless given. */
  idempotency_key?: string | null | undefined;
}

/**
 * Whether the value is a {@linkcode FinishSpanRequest}.
 *
 * @example
 * ```ts
 * import { isFinishSpanRequest } from "@prefactor/http";
 *
 * console.log(isFinishSpanRequest({ status: "failed", result_payload: { error: "timeout" } })); // true
 * ```
 */
export function isFinishSpanRequest(value: unknown): value is FinishSpanRequest {
  return isObject(value) &&
    isAbsentOr(value["status"], isFinishStatus) &&
    isAbsentOr(value["result_payload"], isObject) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}
