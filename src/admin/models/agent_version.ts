/**
 * Versions of agents, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isArray, isDateTime, isObject, isPlainObject, isString } from "../../guards.ts";
import type { IdempotentRequest, JsonValue } from "../../models/common.ts";

/** A version of an agent. Timestamps are ISO 8601 date-times. */
export interface AgentVersion {
  /** The ID of the version. */
  id: string;
  /** `"agent_version"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent. */
  agent_id?: string | null;
  /** The ID of the version of the agent's schemas. */
  agent_schema_version_id?: string | null;
  /** The identifier of the version in your own system. */
  external_identifier?: string | null;
  /** Whether other versions have the same identifier. */
  external_identifier_repeats?: JsonValue;
  /** The deployments whose current version this is. */
  current_agent_deployment_refs?: JsonValue[] | null;
  /** The most confidential classification of the data that the agent has recorded. */
  observed_classification?: string | null;
  /** The most confidential classification of the data that the agent declares. */
  theoretical_classification?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AgentVersion}.
 *
 * @example
 * ```ts
 * import { isAgentVersion } from "@prefactor/http/admin";
 *
 * console.log(isAgentVersion({ id: "v-1", external_identifier: "1.4.0" })); // true
 * ```
 */
export function isAgentVersion(value: unknown): value is AgentVersion {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["agent_schema_version_id"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["current_agent_deployment_refs"], isArray) &&
    isAbsentOr(value["observed_classification"], isString) &&
    isAbsentOr(value["theoretical_classification"], isString) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateAgentVersionRequest extends IdempotentRequest {
  /** The ID of the agent. */
  agent_id: string;
  /** The identifier of the version in your own system. */
  external_identifier: string;
}

/**
 * Returns whether a value is a {@linkcode CreateAgentVersionRequest}.
 *
 * @example
 * ```ts
 * import { isCreateAgentVersionRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateAgentVersionRequest({ agent_id: "a-1", external_identifier: "1.4.0" })); // true
 * ```
 */
export function isCreateAgentVersionRequest(value: unknown): value is CreateAgentVersionRequest {
  return isPlainObject(value) &&
    isString(value["agent_id"]) &&
    isString(value["external_identifier"]) &&
    isAbsentOr(value["idempotency_key"], isString);
}
