/**
 * Agent spans.
 *
 * @module
 */

import { formatValue, isBoolean, isDateTime, isObject, isOneOf } from "../../guards.ts";
import type { AgentStatus, JsonObject, JsonObjectLike } from "../../models/common.ts";
import { isFinishStatus } from "../../models/common.ts";
import type { SpanTypeSchemaForCreate } from "../../models/registration.ts";
import { type Fields, isFilled, isFlag, optional, own, required } from "../fields.ts";
import { type ListFilters, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply } from "../replies.ts";
import type { Route } from "../route.ts";
import { withoutSensitive } from "../sensitive.ts";
import { renderTemplate } from "../template.ts";
import { hasEnded, type SandboxSpan, type Store } from "../store.ts";
import { findInstance } from "./agent_instances.ts";
import { freeId, onlyOneOf } from "./ids.ts";
import { changesOfFinish } from "./lifecycle.ts";

const instanceOfSpan: Route["instanceId"] = (store, { id }) => store.spans.get(id)?.agent_instance_id;
const instanceOfFields: Route["instanceId"] = (_store, { fields }) => fields["agent_instance_id"];

const TIME_FILTERS: ListFilters<SandboxSpan> = {
  start_time: (span, time) => !(timeOf(span) < Date.parse(time)),
  end_time: (span, time) => !(timeOf(span) > Date.parse(time)),
};

/** The limits of `schema_mismatches`, because a payload can have as many mismatches as values. */
const MAX_MISMATCHES = 100;
const MAX_MISMATCH_LENGTH = 1_000;

/** The operations on agent spans. */
export const AGENT_SPAN_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "agent_spans",
    bulkType: "agent_spans/create",
    allowsDeployment: true,
    hasDetails: true,
    fields: {
      agent_instance_id: required(isFilled),
      schema_name: required(isFilled),
      status: required((value) => isOneOf(value, ["pending", "active", "complete", "failed", "cancelled"])),
      payload: required(isObject),
      result_payload: optional(isObject),
      id: optional(isFilled),
      parent_span_id: optional(isFilled),
      started_at: optional(isDateTime),
      finished_at: optional(isDateTime),
      sensitive_encoding: optional(isBoolean),
    },
    instanceId: instanceOfFields,
    handle: (store, { fields }) => ({ details: create(store, fields) }),
  },
  {
    method: "GET",
    path: "agent_spans",
    bulkType: "agent_spans/list",
    fields: {
      agent_instance_id: optional(isFilled),
      agent_id: optional(isFilled),
      start_time: optional(isDateTime),
      end_time: optional(isDateTime),
      include_summaries: optional(isFlag),
      include_risk_level: optional(isFlag),
      ...PAGE_FIELDS,
    },
    instanceId: instanceOfFields,
    handle(store, { fields }) {
      const { field, id } = onlyOneOf(fields, "agent_instance_id", "agent_id");
      const spans = field === "agent_id"
        ? [...store.spans.records.values()].filter(({ agent_id }) => agent_id === id)
        : store.spansOf(findInstance(store, id).id);
      const summaryOf = (span: SandboxSpan) => fields["include_summaries"] === "true" ? span.summary : null;
      return listPage(spans, fields, {
        filters: TIME_FILTERS,
        present: (span) => ({ ...span, summary: summaryOf(span), risk_level: null, risk_score: null }),
      });
    },
  },
  {
    method: "POST",
    path: "agent_spans/{agent_span_id}/finish",
    bulkType: "agent_spans/finish",
    allowsDeployment: true,
    fields: {
      status: optional(isFinishStatus),
      timestamp: optional(isDateTime),
      result_payload: optional(isObject),
      sensitive_encoding: optional(isBoolean),
    },
    instanceId: instanceOfSpan,
    handle: (store, { id, fields }) => ({ details: finish(store, findSpan(store, id), fields) }),
  },
  {
    method: "GET",
    path: "agent_spans/{agent_span_id}",
    fields: { redacted: optional(isFlag) },
    instanceId: instanceOfSpan,
    handle(store, { id, fields }) {
      const span = findSpan(store, id);
      return {
        details: fields["redacted"] === "true" ? { ...span, ...wipedFields(store, span) } : span,
      };
    },
  },
  {
    method: "POST",
    path: "agent_spans/{agent_span_id}/discard_sensitive",
    instanceId: instanceOfSpan,
    handle(store, { id }) {
      const span = findSpan(store, id);
      return { details: store.changeSpan(span, wipedFields(store, span)) };
    },
  },
];

function timeOf(span: SandboxSpan): number {
  return Date.parse(span.started_at ?? span.inserted_at ?? "");
}

function findSpan(store: Store, id: string): SandboxSpan {
  const span = store.spans.get(id);
  if (!span) throw new ErrorReply(404, "not_found", "Agent span not found");
  return span;
}

/**
 * Returns the fields that change when the sensitive values are deleted. Only a span with `sensitive_encoding` has any.
 */
function wipedFields(store: Store, span: SandboxSpan): Partial<SandboxSpan> {
  if (!span.sensitive_encoding) return {};
  const payload = withoutSensitive(span.payload);
  const result_payload = span.result_payload ? withoutSensitive(span.result_payload) : null;
  const { template } = findType(store, span.agent_instance_id, span.schema_name);
  return {
    payload,
    result_payload,
    summary: renderTemplate(template, { ...payload, ...result_payload }),
  };
}

function create(store: Store, fields: Fields): SandboxSpan {
  const instance = findInstance(store, fields["agent_instance_id"] as string);
  const id = freeId(store, store.spans, fields["id"]);
  const now = new Date().toISOString();
  const status = fields["status"] as AgentStatus;
  const type = findType(store, instance.id, fields["schema_name"] as string);
  const payload = fields["payload"] as JsonObject;
  const result = (fields["result_payload"] as JsonObject | null | undefined) ?? null;
  const span: SandboxSpan = {
    type: "agent_span",
    id,
    account_id: store.account.id,
    agent_id: instance.agent_id,
    agent_instance_id: instance.id,
    parent_span_id: (fields["parent_span_id"] as string | null | undefined) ?? null,
    schema_name: type.name,
    schema_title: type.title ?? null,
    data_risk: type.data_risk as JsonObject | null | undefined ?? null,
    purpose: "activity",
    status,
    payload,
    sensitive_encoding: fields["sensitive_encoding"] === true,
    started_at: (fields["started_at"] as string | null | undefined) ?? (status === "pending" ? null : now),
    inserted_at: now,
    updated_at: now,
    finished_at: (fields["finished_at"] as string | null | undefined) ?? (hasEnded({ status }) ? now : null),
    ...fieldsWithResult(store, type, payload, result),
  };
  store.addSpan(span, instance);
  return span;
}

function finish(store: Store, span: SandboxSpan, fields: Fields): SandboxSpan {
  const changes = {
    ...changesOfFinish(fields, "agent span", span.status),
    ...(fields["sensitive_encoding"] === true && { sensitive_encoding: true }),
  };
  const result = fields["result_payload"] as JsonObject | null | undefined;
  if (!result) return store.changeSpan(span, changes);
  const type = findType(store, span.agent_instance_id, span.schema_name);
  return store.changeSpan(span, {
    ...changes,
    ...fieldsWithResult(store, type, span.payload, result),
  });
}

/** Returns the result, and the fields that depend on it and on the payload. */
function fieldsWithResult(store: Store, type: SpanType, payload: JsonObject, result: JsonObject | null) {
  return {
    result_payload: result,
    summary: renderTemplate(type.template, { ...payload, ...result }),
    payload_byte_size_estimate: JSON.stringify([payload, result]).length,
    ...findMismatches(store, type, payload, result),
  };
}

interface SpanType extends Partial<SpanTypeSchemaForCreate> {
  readonly name: string;
}

/** Finds a registered type, or returns one that has only the name. */
function findType(store: Store, instanceId: string, name: string): SpanType {
  return own(store.schemasOf(instanceId).span_type_schemas, name) ?? { name };
}

function findMismatches(
  { validatePayload }: Store,
  type: SpanType,
  payload: JsonObject,
  result: JsonObject | null,
): Pick<SandboxSpan, "schema_mismatches"> {
  if (!type.params_schema) {
    return { schema_mismatches: [`schema_name: ${formatValue(type.name)} is not registered`] };
  }
  const mismatches = validate("payload", payload, type.params_schema);
  if (result && type.result_schema) {
    mismatches.push(...validate("result_payload", result, type.result_schema));
  }
  return mismatches.length > 0 ? { schema_mismatches: mismatches } : {};

  function validate(field: string, value: JsonObject, schema: JsonObjectLike): string[] {
    try {
      return validatePayload(value, schema as JsonObject)
        .slice(0, MAX_MISMATCHES)
        .map((mismatch) => `${field}: ${mismatch}`.slice(0, MAX_MISMATCH_LENGTH));
    } catch (error) {
      return [`${field}: the schema is invalid: ${error instanceof Error ? error.message : error}`];
    }
  }
}
