/**
 * The models of the API, each with its guard.
 *
 * @module
 */

import * as guards from "../../mod.ts";
import {
  all,
  any,
  count,
  dateTime,
  exactlyOne,
  filled,
  flag,
  integer,
  json,
  jsonObject,
  type Kind,
  list,
  map,
  matching,
  maybe,
  missing,
  nullable,
  number,
  object,
  oneOf,
  params,
  shape,
  text,
  timestamp,
  withValidDates,
} from "./oracle.ts";
import { fc } from "./setup.ts";

function fields(names: string, kind: Kind): Record<string, Kind> {
  return Object.fromEntries(names.split(" ").map((name) => [name, kind]));
}

const permission = oneOf("unknown", "allowed", "disallowed");
const presence = oneOf("unknown", "included", "excluded");
const agentStatus = oneOf("pending", "active", "complete", "failed", "cancelled", "terminated");
const finishStatus = oneOf("complete", "failed", "cancelled");
const purpose = oneOf("live", "smoke_test", "eval");
const severity = oneOf("critical", "error", "warning", "info");
const alertStatus = oneOf("raised", "cleared");

const key = { idempotency_key: maybe(text) };
const sensitive = { sensitive_encoding: maybe(flag) };

// registration

const actionProfile = params(
  fields(
    "create_data read_data update_data destroy_data financial_transactions external_communication",
    permission,
  ),
);

const dataCategories = params({
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

const dataRisk = params({
  action_profile: actionProfile,
  ...fields("params_data_categories result_data_categories", dataCategories),
});

const described = { ...fields("title description template", maybe(text)), data_risk: maybe(dataRisk) };
const spanTypeSchema = params({
  name: text,
  params_schema: object,
  result_schema: maybe(object),
  ...described,
});
const qualitySchema = params({ name: text, schema: object, ...described });

const runtimeEnvironment = params({
  ...fields("prefactor_sdk agent_sdk", maybe(list(text))),
  ...fields("runtime os", maybe(text)),
});

const agentVersion = params({
  ...fields("name external_identifier description", maybe(text)),
  runtime_environment: maybe(runtimeEnvironment),
});

const schemaMap = all(params({}), map(object));
const agentSchemaVersion = params({
  external_identifier: maybe(text),
  ...fields("span_schemas span_result_schemas", maybe(schemaMap)),
  span_type_schemas: maybe(list(spanTypeSchema)),
  ...fields("quality_schemas alert_schemas", maybe(list(qualitySchema))),
});

// lists

const pageFields = {
  pagination: maybe(
    params({ offset: maybe(integer(0, Number.MAX_SAFE_INTEGER)), page_size: maybe(integer(1, 100)) }),
  ),
  sorting: maybe(params({ field: text, direction: oneOf("asc", "desc") })),
};

function page(row: Kind): Kind {
  return shape({ status: maybe(text), summaries: list(row), ...fields("pagination sorting", maybe(object)) });
}

// agent instances

const spanCounts = shape(fields("total pending active complete failed cancelled finished", count));

const modelCostFields = {
  ...fields("model_name provider", maybe(text)),
  ...fields(
    "context_limit input input_cost output output_cost cache_read cache_read_cost total_cost",
    maybe(number),
  ),
};

const commonInstanceFields = {
  ...fields("external_identifier purpose", maybe(text)),
  ...fields("started_at finished_at last_activity_span_at", maybe(dateTime)),
  termination_reason: maybe(text),
  risk_score: maybe(object),
  raised_alert_count: maybe(number),
};

const instance = shape({
  type: oneOf("agent_instance"),
  ...fields("id account_id agent_id agent_version_id environment_id status", text),
  ...fields("inserted_at updated_at", dateTime),
  agent_deployment_id: maybe(text),
  span_counts: maybe(spanCounts),
  ...fields("span_schema_counts cost_breakdown quality_payloads quality_summaries", maybe(object)),
  ...commonInstanceFields,
});

const instanceSummary = shape({
  id: text,
  ...fields("type account_id agent_id agent_version_id environment_id status", maybe(text)),
  ...fields("inserted_at updated_at", maybe(dateTime)),
  ...commonInstanceFields,
});

/** The params of `register`. */
export const register: Kind = params({
  agent_id: maybe(text),
  agent_version: agentVersion,
  agent_schema_version: agentSchemaVersion,
  ...fields("id environment_id external_identifier", maybe(text)),
  update_current_version: maybe(flag),
  purpose: maybe(purpose),
  ...key,
});

/** The params of `start` of an instance. */
export const start: Kind = params({ timestamp: maybe(timestamp), ...key });

/** The params of `finish` of an instance. */
export const finishInstance: Kind = params({
  status: maybe(finishStatus),
  timestamp: maybe(timestamp),
  ...key,
});

// spans

/** The params of `create` of a span. */
export const createSpan: Kind = params({
  ...fields("agent_instance_id schema_name", text),
  status: oneOf("pending", "active", "complete", "failed", "cancelled"),
  ...fields("payload result_payload", maybe(object)),
  ...fields("id parent_span_id", maybe(text)),
  ...fields("started_at finished_at", maybe(timestamp)),
  ...sensitive,
  ...key,
});

/** The params of `finish` of a span. */
export const finishSpan: Kind = params({
  status: maybe(finishStatus),
  result_payload: maybe(object),
  timestamp: maybe(timestamp),
  ...sensitive,
  ...key,
});

const commonSpanFields = {
  ...fields("account_id agent_id parent_span_id schema_title purpose", maybe(text)),
  result_payload: maybe(object),
  summary: maybe(text),
  data_risk: maybe(object),
  ...sensitive,
  payload_byte_size_estimate: maybe(number),
  ...fields("started_at inserted_at updated_at finished_at", maybe(dateTime)),
};

const span = shape({
  type: oneOf("agent_span"),
  ...fields("id agent_instance_id schema_name status", text),
  payload: missing(object),
  ...commonSpanFields,
});

const spanSummary = shape({
  id: text,
  ...fields("type agent_instance_id schema_name status", maybe(text)),
  payload: maybe(object),
  ...commonSpanFields,
  risk_level: maybe(text),
  risk_score: maybe(number),
});

// agents

const agentSummaryFields = {
  id: text,
  ...fields(
    "type name description external_identifier status owner_person_id team_id",
    maybe(text),
  ),
  ...fields("instance_counts available_actions", maybe(object)),
  ...fields("last_activity_span_at inserted_at updated_at", maybe(dateTime)),
};
const agent = shape({ ...agentSummaryFields, risk_profile_id: maybe(text) });

// alerts

const alertSummaryFields = {
  id: text,
  ...fields(
    "type account_id agent_id agent_instance_id environment_id name title severity status summary",
    maybe(text),
  ),
  ...fields("raised_at cleared_at inserted_at updated_at", maybe(dateTime)),
  version: any,
};
const countAlertsFields = { status: maybe(alertStatus), severity: maybe(severity) };

// bulk requests

const bulkItem = withValidDates(params({ _type: text, idempotency_key: matching(/^[ -~]{8,64}$/) }));
const bulkRequest: Kind = {
  good: fc.uniqueArray(bulkItem.good, { minLength: 1, maxLength: 3, selector: keyOf }).map((items) => ({
    items,
  })),
  *issues(value, path) {
    yield* params({ items: list(bulkItem) }).issues(value, path);
    const { items } = value as { items: unknown[] };
    if (items.length === 0) yield "items";
    for (let index = 0; index < items.length; index++) {
      const isTwin = (item: unknown) => keyOf(item) === keyOf(items[index]);
      if (items.slice(0, index).some(isTwin)) yield `items[${index}].idempotency_key`;
    }
  },
};

function keyOf(item: unknown): unknown {
  return (item as { idempotency_key: unknown }).idempotency_key;
}
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
  [guards.isAgentInstanceSummary, instanceSummary],
  [guards.isAgentInstanceSpanCounts, spanCounts],
  [guards.isModelCost, shape(modelCostFields)],
  [guards.isCostBreakdown, shape({ ...modelCostFields, groups: maybe(list(object)) })],
  [
    guards.isInstanceRiskScore,
    shape({
      total_score: maybe(number),
      risk_level: maybe(text),
      critical_threshold: maybe(number),
      any_assessable: maybe(flag),
      peak_classification: maybe(text),
      ...fields("all_data_categories allowed_actions", maybe(list(text))),
      per_type: maybe(list(object)),
    }),
  ],
  [
    guards.isAgentContext,
    shape({ body: text, generated_at: maybe(dateTime), span_count: maybe(number) }),
  ],
  [guards.isRuntimeEnvironment, runtimeEnvironment],
  [guards.isAgentVersionForRegister, agentVersion],
  [guards.isAgentSchemaVersionForRegister, agentSchemaVersion],
  [guards.isSpanTypeSchemaForCreate, spanTypeSchema],
  [guards.isQualitySchema, qualitySchema],
  [guards.isAlertSchema, qualitySchema],
  [guards.isRegisterInstanceRequest, register],
  [guards.isStartInstanceRequest, start],
  [guards.isFinishInstanceRequest, finishInstance],
  [guards.isTerminateInstanceRequest, params({ reason: filled, timestamp: maybe(timestamp), ...key })],
  [guards.isRecordQualityRequest, params({ name: text, payload: nullable(object), ...key })],
  [
    guards.isShowInstanceRequest,
    all(
      params({}),
      exactlyOne("agent_instance_id", "external_identifier"),
      params(fields("include_counts include_costs include_risk_score include_alert_count", maybe(flag))),
    ),
  ],
  [
    guards.isListInstancesRequest,
    params({ agent_id: text, agent_version_id: maybe(text), ...pageFields }),
  ],
  [guards.isAgentSpan, span],
  [guards.isAgentSpanSummary, spanSummary],
  [guards.isCreateSpanRequest, createSpan],
  [guards.isFinishSpanRequest, finishSpan],
  [guards.isGetSpanRequest, params({ redacted: maybe(flag) })],
  [
    guards.isListSpansRequest,
    all(
      params({}),
      exactlyOne("agent_instance_id", "agent_id"),
      params({
        ...fields("start_time end_time", maybe(timestamp)),
        ...fields("include_summaries include_risk_level", maybe(flag)),
        ...pageFields,
      }),
    ),
  ],
  [guards.isAgent, agent],
  [guards.isAgentSummary, shape(agentSummaryFields)],
  [guards.isAgentShow, shape({ details: agent, risk_rollup: maybe(object) })],
  [
    guards.isAgentInstanceCounts,
    shape(
      fields("total pending active complete failed cancelled terminated finished", maybe(number)),
    ),
  ],
  [guards.isRiskRollup, shape(fields("observed_risk theoretical_risk", maybe(object)))],
  [
    guards.isRiskAssessment,
    shape({
      highest_classification: maybe(text),
      classification_counts: maybe(object),
      all_data_categories: maybe(list(text)),
      ...fields(
        "external_communication_count total_span_types assessed_span_types unassessed_span_types",
        maybe(number),
      ),
    }),
  ],
  [
    guards.isCreateAgentRequest,
    params({
      name: text,
      ...fields("description external_identifier id owner_person_id risk_profile_id team_id", maybe(text)),
      ...key,
    }),
  ],
  [
    guards.isUpdateAgentRequest,
    params({ ...fields("name description owner_person_id risk_profile_id team_id", maybe(text)), ...key }),
  ],
  [
    guards.isShowAgentRequest,
    all(
      params({}),
      exactlyOne("agent_id", "external_identifier"),
      params({
        environment_id: maybe(text),
        ...fields("include_counts include_risk_rollup", maybe(flag)),
      }),
    ),
  ],
  [
    guards.isListAgentsRequest,
    params({ ...fields("risk_profile_id team_id owner_person_id", maybe(text)), ...pageFields }),
  ],
  [guards.isAlertSummary, shape(alertSummaryFields)],
  [
    guards.isAlert,
    shape({ ...alertSummaryFields, payload: maybe(object), payload_sensitive_encoding: maybe(flag) }),
  ],
  [
    guards.isRaiseAlertRequest,
    params({
      ...fields("agent_instance_id name", text),
      severity,
      payload: object,
      raised_at: maybe(timestamp),
      payload_sensitive_encoding: maybe(flag),
      ...key,
    }),
  ],
  [
    guards.isClearAlertRequest,
    params({
      ...fields("agent_instance_id name", text),
      payload: maybe(object),
      severity: maybe(severity),
      cleared_at: maybe(timestamp),
      payload_sensitive_encoding: maybe(flag),
      ...key,
    }),
  ],
  [guards.isAlertCount, shape({ count: number })],
  [guards.isCountAlertsRequest, params(countAlertsFields)],
  [
    guards.isListAlertsRequest,
    params({
      ...fields("agent_instance_id agent_id environment_id name", maybe(text)),
      active_during: maybe(params(fields("start_at finish_at", maybe(timestamp)))),
      ...countAlertsFields,
      ...pageFields,
    }),
  ],
  [guards.isActionProfile, actionProfile],
  [guards.isDataCategories, dataCategories],
  [guards.isDataRisk, dataRisk],
  [guards.isControl, shape({ terminate: maybe(flag), reason: maybe(text) })],
  [guards.isPagination, object],
  [guards.isSorting, shape(fields("field direction nulls", maybe(text)))],
  [guards.isPageParams, params(pageFields)],
  [
    function isPage(value: unknown) {
      return guards.isPage(value, guards.isAgentSummary);
    },
    page(shape(agentSummaryFields)),
  ],
  [guards.isIdempotentRequest, params(key)],
  [guards.isBulkItem, bulkItem],
  [guards.isBulkRequest, bulkRequest],
  [guards.isBulkOutput, bulkOutput],
  [guards.isBulkResponse, shape({ status: missing(text), outputs: map(bulkOutput) })],
  [guards.isAgentStatus, agentStatus],
  [guards.isFinishStatus, finishStatus],
  [guards.isInstancePurpose, purpose],
  [guards.isAlertSeverity, severity],
  [guards.isPfid, matching(/^[0-7][0-9a-hjkmnpqrstvwxyz]{31}$/)],
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
