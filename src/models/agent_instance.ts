/**
 * An agent instance, one run of an agent, and the requests that change it.
 *
 * @module
 */

import {
  isAbsentOr,
  isArrayOf,
  isBoolean,
  isDateTime,
  isLiteral,
  isMapOf,
  isObject,
  isOneOf,
  isSafeInteger,
  isString,
  isTimestamp,
} from "../guards.ts";
import type { AgentStatus, FinishStatus, JsonObject } from "./common.ts";
import { isFinishStatus } from "./common.ts";
import type { DataRisk } from "./data_risk.ts";
import { isDataRisk } from "./data_risk.ts";

/** How many spans of an instance are in each status. */
export interface AgentInstanceSpanCounts {
  /** All of them. */
  total: number;
  /** Those that wait to start. */
  pending: number;
  /** Those under way. */
  active: number;
  /** Those that ended well. */
  complete: number;
  /** Those that failed. */
  failed: number;
  /** Those that were cancelled. */
  cancelled: number;
  /** Those that ended, in whichever way. */
  finished: number;
}

/**
 * Whether the value is an {@linkcode AgentInstanceSpanCounts}.
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

/** One run of an agent. Every timestamp is an ISO 8601 date-time. */
export interface AgentInstance {
  /** Always `"agent_instance"`. */
  type: "agent_instance";
  /** The id of the instance. */
  id: string;
  /** The account that it belongs to. */
  account_id: string;
  /** The agent that runs. */
  agent_id: string;
  /** The version of the agent. */
  agent_version_id: string;
  /** The environment that it runs in. */
  environment_id: string;
  /** The deployment that it runs in, where there is one. */
  agent_deployment_id?: string | null;
  /** Where it stands; a status that this version does not know is possible. */
  status: AgentStatus | (string & Record<never, never>);
  /** When it was registered. */
  inserted_at: string;
  /** When it last changed. */
  updated_at: string;
  /** When it started. */
  started_at?: string | null;
  /** When it ended. */
  finished_at?: string | null;
  /** Why somebody terminated it. */
  termination_reason?: string | null;
  /** How many spans it has. */
  span_counts?: AgentInstanceSpanCounts | null;
  /** What it runs for, such as `"live"`. */
  purpose?: string | null;
}

/**
 * Whether the value is an {@linkcode AgentInstance}.
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
    isAbsentOr(value["agent_deployment_id"], isString) &&
    isString(value["status"]) &&
    isDateTime(value["inserted_at"]) &&
    isDateTime(value["updated_at"]) &&
    isAbsentOr(value["started_at"], isDateTime) &&
    isAbsentOr(value["finished_at"], isDateTime) &&
    isAbsentOr(value["termination_reason"], isString) &&
    isAbsentOr(value["span_counts"], isAgentInstanceSpanCounts) &&
    isAbsentOr(value["purpose"], isString);
}

/** The version of an agent, as a registration names it. */
export interface AgentVersionForRegister {
  /** The name of the version, for people. */
  name?: string | null | undefined;
  /** The caller's own name for the version, such as `"1.4.0"`. */
  external_identifier?: string | null | undefined;
  /** What the version is about. */
  description?: string | null | undefined;
}

/**
 * Whether the value is an {@linkcode AgentVersionForRegister}.
 *
 * @example
 * ```ts
 * import { isAgentVersionForRegister } from "@prefactor/http";
 *
 * console.log(isAgentVersionForRegister({ name: "Librarian", external_identifier: "1.4.0" })); // true
 * ```
 */
export function isAgentVersionForRegister(value: unknown): value is AgentVersionForRegister {
  return isObject(value) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["description"], isString);
}

/** A type of span that an agent records, as a registration declares it. */
export interface SpanTypeSchemaForCreate {
  /** The name that spans refer to in `schema_name`, such as `"agent:llm"`. */
  name: string;
  /** The JSON schema of a span's `payload`. */
  params_schema: JsonObject;
  /** The JSON schema of a span's `result_payload`. */
  result_schema?: JsonObject | null | undefined;
  /** The title of such spans, for people. */
  title?: string | null | undefined;
  /** What such spans are about. */
  description?: string | null | undefined;
  /** The text that sums a span up, such as `"{{model}}: {{prompt}}"`. */
  template?: string | null | undefined;
  /** The risk that such spans carry. */
  data_risk?: DataRisk | null | undefined;
}

/**
 * Whether the value is a {@linkcode SpanTypeSchemaForCreate}.
 *
 * @example
 * ```ts
 * import { isSpanTypeSchemaForCreate } from "@prefactor/http";
 *
 * console.log(isSpanTypeSchemaForCreate({ name: "agent:llm", params_schema: { type: "object" } })); // true
 * ```
 */
export function isSpanTypeSchemaForCreate(value: unknown): value is SpanTypeSchemaForCreate {
  return isObject(value) &&
    isString(value["name"]) &&
    isObject(value["params_schema"]) &&
    isAbsentOr(value["result_schema"], isObject) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["template"], isString) &&
    isAbsentOr(value["data_risk"], isDataRisk);
}

/** The span schemas of an agent, as a registration declares them. */
export interface AgentSchemaVersionForRegister {
  /** The caller's own name for this version of the schemas. */
  external_identifier?: string | null | undefined;
  /** The JSON schema of the payload of each type of span, by name. */
  span_schemas?: { [name: string]: JsonObject } | null | undefined;
  /** The JSON schema of the result of each type of span, by name. */
  span_result_schemas?: { [name: string]: JsonObject } | null | undefined;
  /** The types of span, with all that the platform can know of them. */
  span_type_schemas?: SpanTypeSchemaForCreate[] | null | undefined;
}

/**
 * Whether the value is an {@linkcode AgentSchemaVersionForRegister}.
 *
 * @example
 * ```ts
 * import { isAgentSchemaVersionForRegister } from "@prefactor/http";
 *
 * const version = { external_identifier: "s1", span_schemas: { "agent:llm": { type: "object" } } };
 * console.log(isAgentSchemaVersionForRegister(version)); // true
 * ```
 */
export function isAgentSchemaVersionForRegister(value: unknown): value is AgentSchemaVersionForRegister {
  return isObject(value) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["span_schemas"], isSchemaMap) &&
    isAbsentOr(value["span_result_schemas"], isSchemaMap) &&
    isAbsentOr(value["span_type_schemas"], isSpanTypeSchemas);
}

function isSchemaMap(value: unknown): value is Record<string, JsonObject> {
  return isMapOf(value, isObject);
}

function isSpanTypeSchemas(value: unknown): value is SpanTypeSchemaForCreate[] {
  return isArrayOf(value, isSpanTypeSchemaForCreate);
}

/** What an instance runs for. */
export type InstancePurpose = "live" | "smoke_test" | "eval";

const INSTANCE_PURPOSES: readonly InstancePurpose[] = ["live", "smoke_test", "eval"];

/** What a registration sends. An optional field that is `undefined` or `null` is left out. */
export interface RegisterInstanceRequest {
  /** The agent that is going to run; left out with a deployment-scoped token. */
  agent_id?: string | null | undefined;
  /** The version of the agent. */
  agent_version: AgentVersionForRegister;
  /** The types of span that it records. */
  agent_schema_version: AgentSchemaVersionForRegister;
  /** An id for the instance, where the caller chooses it. */
  id?: string | null | undefined;
  /** The environment that it runs in; left out with a deployment-scoped token. */
  environment_id?: string | null | undefined;
  /** The key that makes a retry safe, 1 to 64 characters; generated unless given. */
  idempotency_key?: string | null | undefined;
  /** Whether this version becomes the agent's current one; sent as `true` unless given. */
  update_current_version?: boolean | null | undefined;
  /** What the instance runs for. */
  purpose?: InstancePurpose | null | undefined;
}

/**
 * Whether the value is a {@linkcode RegisterInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isRegisterInstanceRequest } from "@prefactor/http";
 *
 * console.log(isRegisterInstanceRequest({ agent_version: {}, agent_schema_version: {} })); // true
 * ```
 */
export function isRegisterInstanceRequest(value: unknown): value is RegisterInstanceRequest {
  return isObject(value) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAgentVersionForRegister(value["agent_version"]) &&
    isAgentSchemaVersionForRegister(value["agent_schema_version"]) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString) &&
    isAbsentOr(value["update_current_version"], isBoolean) &&
    isAbsentOr(value["purpose"], isPurpose);
}

function isPurpose(value: unknown): value is InstancePurpose {
  return isOneOf(value, INSTANCE_PURPOSES);
}

/** What the start of an instance sends. An optional field that is `undefined` or `null` is left out. */
export interface StartInstanceRequest {
  /** When it started: a `Date` or an ISO 8601 date-time; now, by the server's clock, unless given. */
  timestamp?: Date | string | null | undefined;
  /** The key that makes a retry safe, 1 to 64 characters; generated unless given. */
  idempotency_key?: string | null | undefined;
}

/**
 * Whether the value is a {@linkcode StartInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isStartInstanceRequest } from "@prefactor/http";
 *
 * console.log(isStartInstanceRequest({ timestamp: new Date() })); // true
 * ```
 */
export function isStartInstanceRequest(value: unknown): value is StartInstanceRequest {
  return isObject(value) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** What the finish of an instance sends. An optional field that is `undefined` or `null` is left out. */
export interface FinishInstanceRequest {
  /** How it ended; the server takes `"complete"` unless given. */
  status?: FinishStatus | null | undefined;
  /** When it ended: a `Date` or an ISO 8601 date-time; now, by the server's clock, unless given. */
  timestamp?: Date | string | null | undefined;
  /** The key that makes a retry safe, 1 to 64 characters; generated unless given. */
  idempotency_key?: string | null | undefined;
}

/**
 * Whether the value is a {@linkcode FinishInstanceRequest}.
 *
 * @example
 * ```ts
 * import { isFinishInstanceRequest } from "@prefactor/http";
 *
 * console.log(isFinishInstanceRequest({ status: "active" })); // false
 * ```
 */
export function isFinishInstanceRequest(value: unknown): value is FinishInstanceRequest {
  return isObject(value) &&
    isAbsentOr(value["status"], isFinishStatus) &&
    isAbsentOr(value["timestamp"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}
