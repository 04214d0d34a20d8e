/**
 * Versions of agents and of their schemas.
 *
 * @module
 */

import { isObject, isString } from "../../guards.ts";
import {
  type AgentSchemaVersionForRegister,
  type AgentVersionForRegister,
  isAgentSchemaVersionForRegister,
  isRuntimeEnvironment,
} from "../../models/registration.ts";
import { type FieldRule, type Fields, isFilled, optional, own, required } from "../fields.ts";
import { equals } from "../lists.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Schemas, Store } from "../store.ts";
import { createRecord, type PlainResource, plainRoutes } from "./plain_resource.ts";

const VERSION = {
  operations: ["list", "get", "create"],
  fields: {},
  listFields: { agent_id: required(isFilled) },
  filters: { agent_id: equals<PlainRecord>("agent_id") },
} as const;

const AGENT_VERSION: PlainResource = {
  ...VERSION,
  type: "agent_version",
  createFields: {
    agent_id: required(isFilled),
    external_identifier: required(isFilled),
    agent_schema_version_id: optional(isFilled),
    name: optional(isString),
    description: optional(isString),
    runtime_environment: optional(isRuntimeEnvironment),
  },
  defaults: () => ({ observed_classification: null, theoretical_classification: null }),
  derive: (store, version) => ({
    external_identifier_repeats: repeats(store, version),
    current_agent_deployment_refs: deploymentsOf(store, [version.id]),
  }),
};

const AGENT_SCHEMA_VERSION: PlainResource = {
  ...VERSION,
  type: "agent_schema_version",
  createFields: {
    agent_id: required(isFilled),
    external_identifier: required(isFilled),
    span_schemas: schemaRule("span_schemas"),
    span_result_schemas: schemaRule("span_result_schemas"),
    span_type_schemas: schemaRule("span_type_schemas"),
    quality_schemas: schemaRule("quality_schemas"),
    alert_schemas: schemaRule("alert_schemas"),
  },
  convert: ({ agent_id, external_identifier, ...schemas }) => ({
    agent_id,
    external_identifier,
    ...schemasByName(schemas),
  }),
  detailsOnly: ["span_type_schemas", "quality_schemas", "alert_schemas"],
  derive: (store, version) => ({
    external_identifier_repeats: repeats(store, version),
    current_agent_deployment_refs: deploymentsOf(store, versionsWith(store, version.id)),
    span_schemas_count: Object.keys(version["span_type_schemas"] as object).length,
  }),
};

/** The operations on versions. */
export const VERSION_ROUTES: readonly Route[] = [AGENT_VERSION, AGENT_SCHEMA_VERSION].flatMap(plainRoutes);

function schemaRule(field: keyof AgentSchemaVersionForRegister): FieldRule {
  return optional((value) => isAgentSchemaVersionForRegister({ [field]: value }));
}

/** Records the versions of a registration and returns their IDs. The same content is recorded once. */
export function recordVersions(
  store: Store,
  agent_id: string,
  version: AgentVersionForRegister,
  schemas: AgentSchemaVersionForRegister,
): { readonly versionId: string; readonly schemaVersionId: string } {
  const schemaVersionId = recordOnce(store, AGENT_SCHEMA_VERSION, { ...schemas, agent_id });
  const agentVersion = { ...version, agent_id, agent_schema_version_id: schemaVersionId };
  return { versionId: recordOnce(store, AGENT_VERSION, agentVersion), schemaVersionId };
}

function recordOnce(store: Store, resource: PlainResource, content: Fields): string {
  const key = JSON.stringify([resource.type, canonical(content)]);
  const id = store.versionIds.getOrCreate(key, () => store.account.createId());
  store.plainRecords(resource.type).getOrCreate(id, () => createRecord(store, resource, id, content));
  return id;
}

/** Sorts the fields of all objects, so that equal content has equal JSON. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.keys(value).sort().map((field) => [field, canonical(value[field])]);
}

/** Returns the schemas by name. A type of `span_schemas` is a span type without a title and a template. */
function schemasByName(
  { span_schemas, span_result_schemas, span_type_schemas, quality_schemas, alert_schemas }:
    AgentSchemaVersionForRegister,
): Schemas {
  const typesOfMaps = Object.entries(span_schemas ?? {}).map(([name, params_schema]) => ({
    name,
    params_schema,
    result_schema: own(span_result_schemas, name),
  }));
  return {
    span_type_schemas: byName([...typesOfMaps, ...span_type_schemas ?? []]),
    quality_schemas: byName(quality_schemas ?? []),
    alert_schemas: byName(alert_schemas ?? []),
  };
}

function byName<T extends { readonly name: string }>(schemas: readonly T[]): { readonly [name: string]: T } {
  return Object.fromEntries(schemas.map((schema) => [schema.name, schema]));
}

/** Returns whether another version of the agent has the same external identifier. */
function repeats(store: Store, { type, id, agent_id, external_identifier }: PlainRecord): boolean {
  return external_identifier !== null &&
    [...store.plainRecords(String(type)).records.values()].some((other) =>
      other.id !== id && other["agent_id"] === agent_id && other.external_identifier === external_identifier
    );
}

function versionsWith(store: Store, schemaVersionId: string): string[] {
  return [...store.plainRecords("agent_version").records.values()]
    .filter(({ agent_schema_version_id }) => agent_schema_version_id === schemaVersionId)
    .map(({ id }) => id);
}

/** Returns references to the deployments whose current version is one of the versions. */
function deploymentsOf(store: Store, versionIds: readonly string[]): object[] {
  return [...store.plainRecords("agent_deployment").records.values()]
    .filter(({ current_version_id }) => versionIds.includes(String(current_version_id)))
    .map(({ id, environment_id }) => ({ id, environment_id }));
}
