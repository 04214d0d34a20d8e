/**
 * What a registration declares: the version of the agent, and the schemas of its spans, quality payloads and alerts.
 *
 * @module
 */

import {
  isAbsentOr,
  isArrayOf,
  isMapOf,
  isObject,
  isPlainObject,
  isString,
  isStringArray,
} from "../guards.ts";
import type { JsonObjectLike } from "./common.ts";
import { type DataRisk, isDataRisk } from "./data_risk.ts";

/** The software that an agent runs on. */
export interface RuntimeEnvironment {
  /** The Prefactor packages, such as `"@prefactor/http@0.1.0"`. */
  prefactor_sdk?: readonly string[] | null | undefined;
  /** The packages that the agent is built with, such as `"langchain@1.2.0"`. */
  agent_sdk?: readonly string[] | null | undefined;
  /** The runtime, such as `"deno@2.9.6"`, `"node@20.20.2"` or `"bun@1.4.5"`. */
  runtime?: string | null | undefined;
  /** The operating system, such as `"linux"`, `"darwin"` or `"windows"`. */
  os?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode RuntimeEnvironment}.
 *
 * @example
 * ```ts
 * import { isRuntimeEnvironment } from "@prefactor/http";
 *
 * console.log(isRuntimeEnvironment({ runtime: "node@20.20.2", os: "linux" })); // true
 * ```
 */
export function isRuntimeEnvironment(value: unknown): value is RuntimeEnvironment {
  return isPlainObject(value) &&
    isAbsentOr(value["prefactor_sdk"], isStringArray) &&
    isAbsentOr(value["agent_sdk"], isStringArray) &&
    isAbsentOr(value["runtime"], isString) &&
    isAbsentOr(value["os"], isString);
}

/** The version of an agent. */
export interface AgentVersionForRegister {
  /** The human-readable name of the version. */
  name?: string | null | undefined;
  /** The identifier of the version in your own system, such as `"1.4.0"`. */
  external_identifier?: string | null | undefined;
  /** A description of the version. */
  description?: string | null | undefined;
  /** The software that the agent runs on, such as the result of `runtimeEnvironment()`. */
  runtime_environment?: RuntimeEnvironment | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode AgentVersionForRegister}.
 *
 * @example
 * ```ts
 * import { isAgentVersionForRegister } from "@prefactor/http";
 *
 * console.log(isAgentVersionForRegister({ name: "Librarian", external_identifier: "1.4.0" })); // true
 * ```
 */
export function isAgentVersionForRegister(value: unknown): value is AgentVersionForRegister {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["runtime_environment"], isRuntimeEnvironment);
}

/** A span type that an agent records. */
export interface SpanTypeSchemaForCreate {
  /** The name that spans refer to in `schema_name`, such as `"agent:llm"`. */
  name: string;
  /** The JSON schema of a span's `payload`. */
  params_schema: JsonObjectLike;
  /** The JSON schema of a span's `result_payload`. */
  result_schema?: JsonObjectLike | null | undefined;
  /** The human-readable title of such spans. */
  title?: string | null | undefined;
  /** A description of such spans. */
  description?: string | null | undefined;
  /** The template of a span's `summary`, such as `"{{model}}: {{prompt}}"`. */
  template?: string | null | undefined;
  /** The data risk of such spans. */
  data_risk?: DataRisk | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode SpanTypeSchemaForCreate}.
 *
 * @example
 * ```ts
 * import { isSpanTypeSchemaForCreate } from "@prefactor/http";
 *
 * console.log(isSpanTypeSchemaForCreate({ name: "agent:llm", params_schema: { type: "object" } })); // true
 * ```
 */
export function isSpanTypeSchemaForCreate(value: unknown): value is SpanTypeSchemaForCreate {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isObject(value["params_schema"]) &&
    isAbsentOr(value["result_schema"], isObject) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["template"], isString) &&
    isAbsentOr(value["data_risk"], isDataRisk);
}

/** A quality of agent instances that `recordQuality` can record. */
export interface QualitySchema {
  /** The name that `recordQuality` refers to. */
  name: string;
  /** The JSON schema of the payload. */
  schema: JsonObjectLike;
  /** The human-readable title. */
  title?: string | null | undefined;
  /** A description. */
  description?: string | null | undefined;
  /** The template of the summary, such as `"{{score}} of 10"`. */
  template?: string | null | undefined;
  /** The data risk of the payload. */
  data_risk?: DataRisk | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode QualitySchema}.
 *
 * @example
 * ```ts
 * import { isQualitySchema } from "@prefactor/http";
 *
 * console.log(isQualitySchema({ name: "review", schema: { type: "object" } })); // true
 * ```
 */
export function isQualitySchema(value: unknown): value is QualitySchema {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isObject(value["schema"]) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["template"], isString) &&
    isAbsentOr(value["data_risk"], isDataRisk);
}

/** An alert that can be raised about an agent instance. */
export interface AlertSchema {
  /** The name that `raise` and `clear` refer to. */
  name: string;
  /** The JSON schema of the payload. */
  schema: JsonObjectLike;
  /** The human-readable title. */
  title?: string | null | undefined;
  /** A description. */
  description?: string | null | undefined;
  /** The template of the summary, such as `"{{count}} failed calls"`. */
  template?: string | null | undefined;
  /** The data risk of the payload. */
  data_risk?: DataRisk | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode AlertSchema}.
 *
 * @example
 * ```ts
 * import { isAlertSchema } from "@prefactor/http";
 *
 * console.log(isAlertSchema({ name: "over_budget", schema: { type: "object" } })); // true
 * ```
 */
export function isAlertSchema(value: unknown): value is AlertSchema {
  return isQualitySchema(value); // the same fields
}

/** The schemas of an agent's spans, quality payloads and alerts. */
export interface AgentSchemaVersionForRegister {
  /** The identifier of this version of the schemas in your own system. */
  external_identifier?: string | null | undefined;
  /** The JSON schema of the `payload` of each span type, by name. */
  span_schemas?: { readonly [name: string]: JsonObjectLike } | null | undefined;
  /** The JSON schema of the `result_payload` of each span type, by name. */
  span_result_schemas?: { readonly [name: string]: JsonObjectLike } | null | undefined;
  /** The span types. */
  span_type_schemas?: readonly SpanTypeSchemaForCreate[] | null | undefined;
  /** The qualities that can be recorded. */
  quality_schemas?: readonly QualitySchema[] | null | undefined;
  /** The alerts that can be raised. */
  alert_schemas?: readonly AlertSchema[] | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode AgentSchemaVersionForRegister}.
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
  return isPlainObject(value) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["span_schemas"], isSchemaMap) &&
    isAbsentOr(value["span_result_schemas"], isSchemaMap) &&
    isAbsentOr(value["span_type_schemas"], isSpanTypeSchemas) &&
    isAbsentOr(value["quality_schemas"], isQualitySchemas) &&
    isAbsentOr(value["alert_schemas"], isAlertSchemas);
}

function isSchemaMap(value: unknown): value is Record<string, JsonObjectLike> {
  return isPlainObject(value) && isMapOf(value, isObject);
}

function isSpanTypeSchemas(value: unknown): value is SpanTypeSchemaForCreate[] {
  return isArrayOf(value, isSpanTypeSchemaForCreate);
}

function isQualitySchemas(value: unknown): value is QualitySchema[] {
  return isArrayOf(value, isQualitySchema);
}

function isAlertSchemas(value: unknown): value is AlertSchema[] {
  return isArrayOf(value, isAlertSchema);
}
