/**
 * The models of the API, each with its guard.
 *
 * @module
 */

import * as guards from "../../mod.ts";
import {
  count,
  dateTime,
  flag,
  json,
  jsonObject,
  type Kind,
  list,
  map,
  maybe,
  missing,
  object,
  oneOf,
  shape,
  text,
  timestamp,
} from "./oracle.ts";

function fields(names: string, kind: Kind): Record<string, Kind> {
  return Object.fromEntries(names.split(" ").map((name) => [name, kind]));
}

const permission = oneOf("unknown", "allowed", "disallowed");
const presence = oneOf("unknown", "included", "excluded");
const agentStatus = oneOf("pending", "active", "complete", "failed", "cancelled", "terminated");
const finishStatus = oneOf("complete", "failed", "cancelled");

const spanCounts = shape(fields("total pending active complete failed cancelled finished", count));

const instance = shape({
  type: oneOf("agent_instance"),
  ...fields("id account_id agent_id agent_version_id environment_id", text),
  agent_deployment_id: maybe(text),
  status: text,
  ...fields("inserted_at updated_at", dateTime),
  ...fields("started_at finished_at", maybe(dateTime)),
  termination_reason: maybe(text),
  span_counts: maybe(spanCounts),
  purpose: maybe(text),
});

const actionProfile = shape(
  fields(
    "create_data read_data update_data destroy_data financial_transactions external_communication",
    permission,
  ),
);

const dataCategories = shape({
  ...fields(
    "personal_identifiers contact_information financial_information health_and_medical criminal_justice " +
      "authentication_and_secrets organisational_confidential minors_data location_and_tracking " +
      "behavioural_and_inferred gdpr_racial_or_ethnic_origin gdpr_political_opinions " +
      "gdpr_religious_or_philosophical_beliefs gdpr_trade_union_membership gdpr_genetic_data " +
      "gdpr_biometric_for_identification gdpr_sex_life_or_sexual_orientation",
    presence,
  ),
  classification: oneOf("unknown", "public", "internal", "confidential", "restricted", "secret"),
});

const dataRisk = shape({
  action_profile: actionProfile,
  ...fields("params_data_categories result_data_categories", dataCategories),
});

const spanTypeSchema = shape({
  name: text,
  params_schema: object,
  result_schema: maybe(object),
  ...fields("title description template", maybe(text)),
  data_risk: maybe(dataRisk),
});

const agentVersion = shape(fields("name external_identifier description", maybe(text)));

const agentSchemaVersion = shape({
  external_identifier: maybe(text),
  ...fields("span_schemas span_result_schemas", maybe(map(object))),
  span_type_schemas: maybe(list(spanTypeSchema)),
});

/** The params of `register`. */
export const register: Kind = shape({
  agent_id: maybe(text),
  agent_version: agentVersion,
  agent_schema_version: agentSchemaVersion,
  ...fields("id environment_id idempotency_key", maybe(text)),
  update_current_version: maybe(flag),
  purpose: maybe(oneOf("live", "smoke_test", "eval")),
});

/** The params of `start` of an instance. */
export const start: Kind = shape({ timestamp: maybe(timestamp), idempotency_key: maybe(text) });

/** The params of `finish` of an instance. */
export const finishInstance: Kind = shape({
  status: maybe(finishStatus),
  timestamp: maybe(timestamp),
  idempotency_key: maybe(text),
});

/** The params of `create` of a span. */
export const createSpan: Kind = shape({
  ...fields("agent_instance_id schema_name", text),
  status: agentStatus,
  ...fields("payload result_payload", maybe(object)),
  ...fields("id parent_span_id", maybe(text)),
  ...fields("started_at finished_at", maybe(timestamp)),
  idempotency_key: maybe(text),
});

/** The params of `finish` of a span. */
export const finishSpan: Kind = shape({
  status: maybe(finishStatus),
  result_payload: maybe(object),
  timestamp: maybe(timestamp),
  idempotency_key: maybe(text),
});

const span = shape({
  type: oneOf("agent_span"),
  ...fields("id agent_instance_id schema_name status", text),
  ...fields("account_id agent_id parent_span_id schema_title", maybe(text)),
  payload: missing(object),
  result_payload: maybe(object),
  summary: maybe(text),
  ...fields("started_at inserted_at updated_at finished_at", maybe(dateTime)),
});

const bulkItem = shape(fields("_type idempotency_key", text));
const bulkOutput = shape({ status: oneOf("success", "error") });

/** A guard and the model that it checks. */
export interface Model {
  readonly name: string;
  readonly guard: (value: unknown) => boolean;
  readonly kind: Kind;
}

const { isApiResponse, isAgentSpan } = guards;

/** Every exported guard with its model. */
export const MODELS: readonly Model[] = ([
  [guards.isAgentInstance, instance],
  [guards.isAgentInstanceSpanCounts, spanCounts],
  [guards.isAgentVersionForRegister, agentVersion],
  [guards.isAgentSchemaVersionForRegister, agentSchemaVersion],
  [guards.isSpanTypeSchemaForCreate, spanTypeSchema],
  [guards.isRegisterInstanceRequest, register],
  [guards.isStartInstanceRequest, start],
  [guards.isFinishInstanceRequest, finishInstance],
  [guards.isAgentSpan, span],
  [guards.isCreateSpanRequest, createSpan],
  [guards.isFinishSpanRequest, finishSpan],
  [guards.isActionProfile, actionProfile],
  [guards.isDataCategories, dataCategories],
  [guards.isDataRisk, dataRisk],
  [guards.isBulkItem, bulkItem],
  [guards.isBulkRequest, shape({ items: list(bulkItem) })],
  [guards.isBulkOutput, bulkOutput],
  [guards.isBulkResponse, shape({ status: missing(text), outputs: map(bulkOutput) })],
  [guards.isAgentStatus, agentStatus],
  [guards.isFinishStatus, finishStatus],
  [guards.isApiResponse, shape({ status: oneOf("success"), details: object })],
  [
    function isApiResponseOfSpan(value: unknown) {
      return isApiResponse(value, isAgentSpan);
    },
    shape({ status: oneOf("success"), details: span }),
  ],
  [guards.isJsonValue, json],
  [guards.isJsonObject, jsonObject],
] as [(value: unknown) => boolean, Kind][]).map(([guard, kind]) => ({ name: guard.name, guard, kind }));
