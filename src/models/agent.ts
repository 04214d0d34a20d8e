/**
 * Agents and the requests about them.
 *
 * @module
 */

import {
  hasOneOf,
  isAbsentOr,
  isBoolean,
  isDateTime,
  isNumber,
  isObject,
  isPlainObject,
  isString,
  isStringArray,
} from "../guards.ts";
import type { IdempotentRequest, JsonObject, OpenEnum } from "./common.ts";
import type { DataClassification } from "./data_risk.ts";
import { isPageParams, type PageParams } from "./page.ts";

/** The number of instances of an agent, by status. */
export interface AgentInstanceCounts {
  /** All instances. */
  total?: number | null;
  /** The instances that have not started. */
  pending?: number | null;
  /** The instances that have started and not ended. */
  active?: number | null;
  /** The instances that ended successfully. */
  complete?: number | null;
  /** The instances that failed. */
  failed?: number | null;
  /** The instances that were cancelled. */
  cancelled?: number | null;
  /** The instances that a person terminated. */
  terminated?: number | null;
  /** The instances that ended with any status. */
  finished?: number | null;
}

/**
 * Returns whether a value is an {@linkcode AgentInstanceCounts}.
 *
 * @example
 * ```ts
 * import { isAgentInstanceCounts } from "@prefactor/http";
 *
 * console.log(isAgentInstanceCounts({ total: 3, complete: 2, failed: 1 })); // true
 * ```
 */
export function isAgentInstanceCounts(value: unknown): value is AgentInstanceCounts {
  return isObject(value) &&
    isAbsentOr(value["total"], isNumber) &&
    isAbsentOr(value["pending"], isNumber) &&
    isAbsentOr(value["active"], isNumber) &&
    isAbsentOr(value["complete"], isNumber) &&
    isAbsentOr(value["failed"], isNumber) &&
    isAbsentOr(value["cancelled"], isNumber) &&
    isAbsentOr(value["terminated"], isNumber) &&
    isAbsentOr(value["finished"], isNumber);
}

/** An agent in a list. Timestamps are ISO 8601 date-times. */
export interface AgentSummary {
  /** The ID of the agent. */
  id: string;
  /** `"agent"`. */
  type?: string | null;
  /** The name. */
  name?: string | null;
  /** The description. */
  description?: string | null;
  /** The identifier of the agent in your own system. */
  external_identifier?: string | null;
  /** The status. */
  status?: OpenEnum<"pending" | "active" | "dormant" | "retired"> | null;
  /** The ID of the person who owns the agent. */
  owner_person_id?: string | null;
  /** The ID of the team. */
  team_id?: string | null;
  /** The number of instances, by status. */
  instance_counts?: AgentInstanceCounts | null;
  /** Whether `update`, `retire`, `reinstate` and `delete` are available. */
  available_actions?: JsonObject | null;
  /** The time of the last span with the purpose `activity`. */
  last_activity_span_at?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AgentSummary}.
 *
 * @example
 * ```ts
 * import { isAgentSummary } from "@prefactor/http";
 *
 * console.log(isAgentSummary({ id: "a-1", name: "Librarian", status: "active" })); // true
 * ```
 */
export function isAgentSummary(value: unknown): value is AgentSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["owner_person_id"], isString) &&
    isAbsentOr(value["team_id"], isString) &&
    isAbsentOr(value["instance_counts"], isObject) &&
    isAbsentOr(value["available_actions"], isObject) &&
    isAbsentOr(value["last_activity_span_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** An agent. */
export interface Agent extends AgentSummary {
  /** The ID of the risk profile. */
  risk_profile_id?: string | null;
}

/**
 * Returns whether a value is an {@linkcode Agent}.
 *
 * @example
 * ```ts
 * import { isAgent } from "@prefactor/http";
 *
 * console.log(isAgent({ id: "a-1", name: "Librarian", risk_profile_id: null })); // true
 * ```
 */
export function isAgent(value: unknown): value is Agent {
  return isObject(value) &&
    isAgentSummary(value) &&
    isAbsentOr(value["risk_profile_id"], isString);
}

/** The data risk of all span types of an agent. */
export interface RiskAssessment {
  /** The most confidential classification of the data. */
  highest_classification?: OpenEnum<DataClassification> | null;
  /** The number of span types, by classification. */
  classification_counts?: { [classification: string]: number } | null;
  /** The kinds of data that the spans handle. */
  all_data_categories?: string[] | null;
  /** The number of span types that may communicate with others. */
  external_communication_count?: number | null;
  /** The number of span types. */
  total_span_types?: number | null;
  /** The number of span types with a data risk. */
  assessed_span_types?: number | null;
  /** The number of span types without a data risk. */
  unassessed_span_types?: number | null;
}

/**
 * Returns whether a value is a {@linkcode RiskAssessment}.
 *
 * @example
 * ```ts
 * import { isRiskAssessment } from "@prefactor/http";
 *
 * console.log(isRiskAssessment({ highest_classification: "internal", total_span_types: 4 })); // true
 * ```
 */
export function isRiskAssessment(value: unknown): value is RiskAssessment {
  return isObject(value) &&
    isAbsentOr(value["highest_classification"], isString) &&
    isAbsentOr(value["classification_counts"], isObject) &&
    isAbsentOr(value["all_data_categories"], isStringArray) &&
    isAbsentOr(value["external_communication_count"], isNumber) &&
    isAbsentOr(value["total_span_types"], isNumber) &&
    isAbsentOr(value["assessed_span_types"], isNumber) &&
    isAbsentOr(value["unassessed_span_types"], isNumber);
}

/** The data risk of an agent: the risk of the span types that it has recorded, and of all that it declares. */
export interface RiskRollup {
  /** The risk of the span types that the agent has recorded. */
  observed_risk?: RiskAssessment | null;
  /** The risk of all span types that the agent declares. */
  theoretical_risk?: RiskAssessment | null;
}

/**
 * Returns whether a value is a {@linkcode RiskRollup}.
 *
 * @example
 * ```ts
 * import { isRiskRollup } from "@prefactor/http";
 *
 * console.log(isRiskRollup({ observed_risk: null, theoretical_risk: { total_span_types: 4 } })); // true
 * ```
 */
export function isRiskRollup(value: unknown): value is RiskRollup {
  return isObject(value) &&
    isAbsentOr(value["observed_risk"], isObject) &&
    isAbsentOr(value["theoretical_risk"], isObject);
}

/** The response to `show`: an agent and, if requested, its data risk. */
export interface AgentShow {
  /** The agent. */
  details: Agent;
  /** The data risk of the agent. */
  risk_rollup?: RiskRollup | null;
}

/**
 * Returns whether a value is an {@linkcode AgentShow}.
 *
 * @example
 * ```ts
 * import { isAgentShow } from "@prefactor/http";
 *
 * console.log(isAgentShow({ status: "success", details: { id: "a-1" }, risk_rollup: null })); // true
 * ```
 */
export function isAgentShow(value: unknown): value is AgentShow {
  return isObject(value) &&
    isAgent(value["details"]) &&
    isAbsentOr(value["risk_rollup"], isObject);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateAgentRequest extends IdempotentRequest {
  /** The name. */
  name: string;
  /** The description. */
  description?: string | null | undefined;
  /** The identifier of the agent in your own system. */
  external_identifier?: string | null | undefined;
  /** The ID of the agent, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
  /** The ID of the person who owns the agent. */
  owner_person_id?: string | null | undefined;
  /** The ID of the risk profile. */
  risk_profile_id?: string | null | undefined;
  /** The ID of the team. */
  team_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateAgentRequest}.
 *
 * @example
 * ```ts
 * import { isCreateAgentRequest } from "@prefactor/http";
 *
 * console.log(isCreateAgentRequest({ name: "Librarian" })); // true
 * ```
 */
export function isCreateAgentRequest(value: unknown): value is CreateAgentRequest {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["owner_person_id"], isString) &&
    isAbsentOr(value["risk_profile_id"], isString) &&
    isAbsentOr(value["team_id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. An `undefined` field keeps its value; `null` clears it. */
export interface UpdateAgentRequest extends IdempotentRequest {
  /** The name. */
  name?: string | null | undefined;
  /** The description. */
  description?: string | null | undefined;
  /** The ID of the person who owns the agent. */
  owner_person_id?: string | null | undefined;
  /** The ID of the risk profile. */
  risk_profile_id?: string | null | undefined;
  /** The ID of the team. */
  team_id?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateAgentRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateAgentRequest } from "@prefactor/http";
 *
 * console.log(isUpdateAgentRequest({ name: "Archivist", team_id: null })); // true
 * ```
 */
export function isUpdateAgentRequest(value: unknown): value is UpdateAgentRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["owner_person_id"], isString) &&
    isAbsentOr(value["risk_profile_id"], isString) &&
    isAbsentOr(value["team_id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `show`: exactly one of the identifiers. Fields that are `undefined` or `null` are omitted. */
export interface ShowAgentRequest {
  /** The ID of the agent. */
  agent_id?: string | null | undefined;
  /** The identifier of the agent in your own system. */
  external_identifier?: string | null | undefined;
  /** The ID of the environment to count instances in. Defaults to all environments. */
  environment_id?: string | null | undefined;
  /** Whether to include the counts of instances. Defaults to `false`. */
  include_counts?: boolean | null | undefined;
  /** Whether to include the data risk. Defaults to `false`. */
  include_risk_rollup?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ShowAgentRequest}.
 *
 * @example
 * ```ts
 * import { isShowAgentRequest } from "@prefactor/http";
 *
 * console.log(isShowAgentRequest({ external_identifier: "librarian", include_risk_rollup: true })); // true
 * ```
 */
export function isShowAgentRequest(value: unknown): value is ShowAgentRequest {
  return isPlainObject(value) &&
    hasOneOf(value, "agent_id", "external_identifier") &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["include_counts"], isBoolean) &&
    isAbsentOr(value["include_risk_rollup"], isBoolean);
}

/** The params of `list` and `listAll`. Fields that are `undefined` or `null` are omitted. */
export interface ListAgentsRequest extends PageParams {
  /** The ID of the risk profile, or the string `"null"` for agents without one. */
  risk_profile_id?: string | null | undefined;
  /** The ID of the team, or the string `"null"` for agents without one. */
  team_id?: string | null | undefined;
  /** The ID of the person who owns the agents, or the string `"null"` for agents without an owner. */
  owner_person_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListAgentsRequest}.
 *
 * @example
 * ```ts
 * import { isListAgentsRequest } from "@prefactor/http";
 *
 * console.log(isListAgentsRequest({ team_id: "t-1" })); // true
 * ```
 */
export function isListAgentsRequest(value: unknown): value is ListAgentsRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["risk_profile_id"], isString) &&
    isAbsentOr(value["team_id"], isString) &&
    isAbsentOr(value["owner_person_id"], isString) &&
    isPageParams(value);
}
