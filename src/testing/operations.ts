/**
 * What each operation does to the store. An operation checks first and changes last, so that a refusal leaves no
 * trace.
 *
 * @module
 */

import { isBoolean, isDateTime, isObject, isOneOf } from "../guards.ts";
import type { AgentStatus, FinishStatus, JsonObject } from "../models/common.ts";
import { isFinishStatus } from "../models/common.ts";
import type { AgentSchemaVersionForRegister } from "../models/registration.ts";
import { isAgentSchemaVersionForRegister, isAgentVersionForRegister } from "../models/registration.ts";
import {
  fieldError,
  type FieldErrors,
  type Fields,
  findFieldErrors,
  invalidFields,
  isFilled,
  Refusal,
} from "./replies.ts";
import type { SandboxInstance, SandboxSpan, Store } from "./store.ts";

/** A parsed body. */
export type Body = Record<string, unknown>;

const PURPOSES = ["live", "smoke_test", "eval"] as const;
const SPAN_STATUSES = ["pending", "active", "complete", "failed", "cancelled"] as const;

const REGISTER_FIELDS: Fields = {
  agent_id: { is: isFilled },
  environment_id: { is: isFilled },
  agent_version: { is: isAgentVersionForRegister, required: true },
  agent_schema_version: { is: isAgentSchemaVersionForRegister, required: true },
  id: { is: isFilled },
  update_current_version: { is: isBoolean },
  purpose: { is: (value) => isOneOf(value, PURPOSES) },
};
const START_FIELDS: Fields = { timestamp: { is: isDateTime } };
const FINISH_FIELDS: Fields = { status: { is: isFinishStatus }, timestamp: { is: isDateTime } };
const FINISH_SPAN_FIELDS: Fields = { ...FINISH_FIELDS, result_payload: { is: isObject } };
const SPAN_FIELDS: Fields = {
  agent_instance_id: { is: isFilled, required: true },
  schema_name: { is: isFilled, required: true },
  status: { is: (value) => isOneOf(value, SPAN_STATUSES), required: true },
  payload: { is: isObject, required: true },
  result_payload: { is: isObject },
  id: { is: isFilled },
  parent_span_id: { is: isFilled },
  started_at: { is: isDateTime },
  finished_at: { is: isDateTime },
};

/** Registers an instance, and makes its versions where they are new. */
export function registerInstance(store: Store, body: Body): SandboxInstance {
  const { agentId, environmentId } = placeOf(store, body);
  const id = freeId(store, store.instances, body["id"]);
  const version = JSON.stringify([agentId, canonical(body["agent_version"])]);
  const versionId = store.versionIds.getOrMake(version, () => store.account.ids.next());
  const schemas = store.schemaVersions.getOrMake(
    JSON.stringify([agentId, canonical(body["agent_schema_version"])]),
    () => ({
      id: store.account.ids.next(),
      content: body["agent_schema_version"] as AgentSchemaVersionForRegister,
    }),
  );
  const isCurrent = body["update_current_version"] !== false;
  store.agents.set(agentId, {
    id: agentId,
    current_version_id: isCurrent ? versionId : store.agents.get(agentId)?.current_version_id ?? null,
  });

  const now = new Date().toISOString();
  const instance: SandboxInstance = {
    type: "agent_instance",
    id,
    account_id: store.account.id,
    agent_id: agentId,
    agent_version_id: versionId,
    agent_schema_version_id: schemas.id,
    environment_id: environmentId,
    agent_deployment_id: store.account.deployment?.id ?? null,
    status: "pending",
    inserted_at: now,
    updated_at: now,
    started_at: null,
    finished_at: null,
    termination_reason: null,
    span_counts: { total: 0, pending: 0, active: 0, complete: 0, failed: 0, cancelled: 0, finished: 0 },
    purpose: (body["purpose"] as string | undefined) ?? null,
  };
  store.addInstance(instance, schemas);
  return instance;
}

/** Finds the agent and the environment: with a deployment-scoped token, the token's own. */
function placeOf(
  { account: { deployment, environmentId: defaultId } }: Store,
  body: Body,
): { agentId: string; environmentId: string } {
  const errors = findFieldErrors(
    deployment ? REGISTER_FIELDS : { ...REGISTER_FIELDS, agent_id: { is: isFilled, required: true } },
    body,
  ) ?? {};
  const agentId = body["agent_id"] ?? deployment?.agentId;
  const environmentId = body["environment_id"] ?? deployment?.environmentId ?? defaultId;
  if (deployment && agentId !== deployment.agentId) {
    errors["agent_id"] ??= fieldError("invalid", "The token is for the deployment of another agent");
  }
  if (deployment && environmentId !== deployment.environmentId) {
    errors["environment_id"] ??= fieldError(
      "invalid",
      "The token is for a deployment in another environment",
    );
  }
  if (Object.keys(errors).length > 0) throw invalidFields(errors);
  return { agentId: agentId as string, environmentId: environmentId as string };
}

/** Starts an instance. */
export function startInstance(store: Store, id: string, body: Body): SandboxInstance {
  const instance = findInstance(store, id);
  assertFields(START_FIELDS, body);
  if (instance.status !== "pending") throw invalidAction("start", "agent instance", instance.status);
  return store.changeInstance(instance, { status: "active", started_at: timestampOf(body) });
}

/** Finishes an instance. */
export function finishInstance(store: Store, id: string, body: Body): SandboxInstance {
  const instance = findInstance(store, id);
  assertFields(FINISH_FIELDS, body);
  return store.changeInstance(instance, endOf(body, "agent instance", instance.status));
}

/** Creates a span; its fields stand in `details`, or, in a bulk item, beside `_type` as well. */
export function createSpan(store: Store, body: Body, isFlatAllowed: boolean): SandboxSpan {
  const isFlat = isFlatAllowed && body["details"] === undefined;
  const fields = isFlat ? body : body["details"];
  if (!isObject(fields)) {
    throw invalidFields(findFieldErrors({ details: { is: isObject, required: true } }, body) ?? {});
  }
  const nest = (errors: FieldErrors): FieldErrors => isFlat ? errors : { details: errors };
  const errors = findFieldErrors(SPAN_FIELDS, fields);
  if (errors) throw invalidFields(nest(errors));
  const instance = findInstance(store, fields["agent_instance_id"] as string);
  const id = freeId(store, store.spans, fields["id"], nest);

  const now = new Date().toISOString();
  const status = fields["status"] as AgentStatus;
  const hasEnded = status !== "pending" && status !== "active";
  const type = typeOf(store.schemasOf(instance.id), fields["schema_name"] as string);
  const payload = fields["payload"] as JsonObject;
  const result = (fields["result_payload"] as JsonObject | null | undefined) ?? null;
  const mismatches = mismatchesOf(store, type, { payload, result });
  const span: SandboxSpan = {
    type: "agent_span",
    id,
    account_id: store.account.id,
    agent_id: instance.agent_id,
    agent_instance_id: instance.id,
    parent_span_id: (fields["parent_span_id"] as string | null | undefined) ?? null,
    schema_name: type.name,
    schema_title: type.title,
    status,
    payload,
    result_payload: result,
    summary: null,
    started_at: (fields["started_at"] as string | null | undefined) ?? (status === "pending" ? null : now),
    inserted_at: now,
    updated_at: now,
    finished_at: (fields["finished_at"] as string | null | undefined) ?? (hasEnded ? now : null),
    ...(mismatches.length > 0 && { schema_mismatches: mismatches }),
  };
  store.addSpan(span, instance);
  return span;
}

/** Finishes a span. */
export function finishSpan(store: Store, id: string, body: Body): SandboxSpan {
  const span = findSpan(store, id);
  assertFields(FINISH_SPAN_FIELDS, body);
  const end = endOf(body, "agent span", span.status);
  const result = body["result_payload"] as JsonObject | null | undefined;
  if (!result) return store.changeSpan(span, end);
  const type = typeOf(store.schemasOf(span.agent_instance_id), span.schema_name);
  const mismatches = mismatchesOf(store, type, { payload: span.payload, result });
  return store.changeSpan(span, {
    ...end,
    result_payload: result,
    ...(mismatches.length > 0 && { schema_mismatches: mismatches }),
  });
}

/** Finds an instance, or refuses. */
export function findInstance(store: Store, id: string): SandboxInstance {
  const instance = store.instances.get(id);
  if (!instance) throw new Refusal(404, "not_found", "Agent instance not found");
  return instance;
}

/** Finds a span, or refuses. */
export function findSpan(store: Store, id: string): SandboxSpan {
  const span = store.spans.get(id);
  if (!span) throw new Refusal(404, "not_found", "Agent span not found");
  return span;
}

/** Refuses a body whose fields are wrong. */
export function assertFields(fields: Fields, body: Body): void {
  const errors = findFieldErrors(fields, body);
  if (errors) throw invalidFields(errors);
}

/** What a finish changes. `cancelled` is for what never started, every other status for what did. */
function endOf(body: Body, name: string, from: AgentStatus) {
  const status = (body["status"] as FinishStatus | null | undefined) ?? "complete";
  if (from !== (status === "cancelled" ? "pending" : "active")) {
    throw invalidAction(status === "cancelled" ? "cancel" : "finish", name, from);
  }
  const timestamp = timestampOf(body);
  return { status, finished_at: timestamp, ...(status === "cancelled" && { started_at: timestamp }) };
}

function invalidAction(action: string, name: string, status: AgentStatus): Refusal {
  return new Refusal(409, "invalid_action", `Cannot ${action} the ${name}: its status is "${status}"`);
}

function timestampOf(body: Body): string {
  return (body["timestamp"] as string | null | undefined) ?? new Date().toISOString();
}

/** The caller's own id where it is free, a new one where there is none. */
function freeId(
  store: Store,
  taken: { get(id: string): unknown },
  id: unknown,
  nest: (errors: FieldErrors) => FieldErrors = (errors) => errors,
): string {
  if (typeof id !== "string") return store.account.ids.next();
  if (taken.get(id) !== undefined) throw invalidFields(nest({ id: fieldError("taken", "The id is taken") }));
  return id;
}

interface SpanType {
  readonly name: string;
  readonly title: string | null;
  /** The schema of the payload; `undefined` where the instance registered no such type. */
  readonly params: JsonObject | undefined;
  readonly result: JsonObject | null | undefined;
}

function typeOf(schemas: AgentSchemaVersionForRegister, name: string): SpanType {
  const type = schemas.span_type_schemas?.find((type) => type.name === name);
  return {
    name,
    title: type?.title ?? null,
    // the schemas came as JSON
    params: (type?.params_schema ?? own(schemas.span_schemas, name)) as JsonObject | undefined,
    result: (type?.result_schema ?? own(schemas.span_result_schemas, name)) as JsonObject | null | undefined,
  };
}

function own<T>(map: Record<string, T> | null | undefined, name: string): T | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}

function mismatchesOf(
  { validatePayload }: Store,
  type: SpanType,
  { payload, result }: { payload: JsonObject; result: JsonObject | null },
): string[] {
  if (!type.params) return [`schema_name: ${JSON.stringify(type.name)} is not registered`];
  const mismatches = validate("payload", payload, type.params);
  return result && type.result
    ? [...mismatches, ...validate("result_payload", result, type.result)]
    : mismatches;

  function validate(field: string, value: JsonObject, schema: JsonObject): string[] {
    try {
      return validatePayload(value, schema).map((mismatch) => `${field}: ${mismatch}`);
    } catch (error) {
      return [`${field}: its schema cannot be used: ${error instanceof Error ? error.message : error}`];
    }
  }
}

/** The same text for the same content, in whichever order its fields came. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.keys(value).sort().map((field) => [field, canonical(value[field])]);
}
