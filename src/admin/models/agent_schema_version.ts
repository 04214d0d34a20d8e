/**
 * Versions of agents' schemas, and the requests about them.
 *
 * @module
 */

import {
  isAbsentOr,
  isArray,
  isDateTime,
  isNumber,
  isObject,
  isPlainObject,
  isString,
} from "../../guards.ts";
import type { IdempotentRequest, JsonObject, JsonValue } from "../../models/common.ts";
import {
  type AgentSchemaVersionForRegister,
  isAgentSchemaVersionForRegister,
} from "../../models/registration.ts";

/**
 * The common fields of {@linkcode AgentSchemaVersion} and {@linkcode AgentSchemaVersionSummary}. Timestamps are ISO
 * 8601 date-times.
 */
export interface AgentSchemaVersionFields {
  /** The ID of the version. */
  id: string;
  /** `"agent_schema_version"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent. */
  agent_id?: string | null;
  /** The identifier of the version in your own system. */
  external_identifier?: string | null;
  /** Whether other versions have the same identifier. */
  external_identifier_repeats?: JsonValue;
  /** The deployments whose current version has these schemas. */
  current_agent_deployment_refs?: JsonValue[] | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/** A version of an agent's schemas in a list. */
export interface AgentSchemaVersionSummary extends AgentSchemaVersionFields {
  /** The number of span types. */
  span_schemas_count?: number | null;
}

/**
 * Returns whether a value is an {@linkcode AgentSchemaVersionSummary}.
 *
 * @example
 * ```ts
 * import { isAgentSchemaVersionSummary } from "@prefactor/http/admin";
 *
 * console.log(isAgentSchemaVersionSummary({ id: "sv-1", span_schemas_count: 3 })); // true
 * ```
 */
export function isAgentSchemaVersionSummary(value: unknown): value is AgentSchemaVersionSummary {
  return isObject(value) &&
    hasFields(value) &&
    isAbsentOr(value["span_schemas_count"], isNumber);
}

/** A version of an agent's schemas. */
export interface AgentSchemaVersion extends AgentSchemaVersionFields {
  /** The span types, by name. */
  span_type_schemas?: { [name: string]: JsonObject } | null;
  /** The qualities, by name. */
  quality_schemas?: { [name: string]: JsonObject } | null;
  /** The alerts, by name. */
  alert_schemas?: { [name: string]: JsonObject } | null;
}

/**
 * Returns whether a value is an {@linkcode AgentSchemaVersion}.
 *
 * @example
 * ```ts
 * import { isAgentSchemaVersion } from "@prefactor/http/admin";
 *
 * console.log(isAgentSchemaVersion({ id: "sv-1", span_type_schemas: { search: {} } })); // true
 * ```
 */
export function isAgentSchemaVersion(value: unknown): value is AgentSchemaVersion {
  return isObject(value) &&
    hasFields(value) &&
    isAbsentOr(value["span_type_schemas"], isObject) &&
    isAbsentOr(value["quality_schemas"], isObject) &&
    isAbsentOr(value["alert_schemas"], isObject);
}

function hasFields(value: Record<string, unknown>): boolean {
  return isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["current_agent_deployment_refs"], isArray) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateAgentSchemaVersionRequest
  extends IdempotentRequest, Omit<AgentSchemaVersionForRegister, "external_identifier"> {
  /** The ID of the agent. */
  agent_id: string;
  /** The identifier of the version in your own system. */
  external_identifier: string;
}

/**
 * Returns whether a value is a {@linkcode CreateAgentSchemaVersionRequest}.
 *
 * @example
 * ```ts
 * import { isCreateAgentSchemaVersionRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateAgentSchemaVersionRequest({ agent_id: "a-1", external_identifier: "s1" })); // true
 * ```
 */
export function isCreateAgentSchemaVersionRequest(value: unknown): value is CreateAgentSchemaVersionRequest {
  return isPlainObject(value) &&
    isString(value["agent_id"]) &&
    isString(value["external_identifier"]) &&
    isAgentSchemaVersionForRegister(value) &&
    isAbsentOr(value["idempotency_key"], isString);
}
