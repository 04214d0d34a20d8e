/**
 * Agent instances.
 *
 * @module
 */

import { fail, formatValue, isBoolean, isDateTime, isObject, isOneOf } from "../../guards.ts";
import { isFinishStatus } from "../../models/common.ts";
import type { JsonObject } from "../../models/common.ts";
import type { AgentSchemaVersionForRegister } from "../../models/registration.ts";
import { isAgentSchemaVersionForRegister, isAgentVersionForRegister } from "../../models/registration.ts";
import { type FieldRules, type Fields, isFilled, isFlag, optional, required } from "../fields.ts";
import { equals, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply, fieldError, invalidFields } from "../replies.ts";
import type { Route, RouteInput } from "../route.ts";
import type { Deployment, SandboxInstance, Store } from "../store.ts";
import { agentToRegister } from "./agents.ts";
import { findShown, freeId } from "./ids.ts";
import { changesOfFinish, invalidAction, timestampOf } from "./lifecycle.ts";

const instanceId: Route["instanceId"] = (_store, { id }) => id;

/** The operations on agent instances. */
export const AGENT_INSTANCE_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "agent_instance/register",
    bulkType: "agent_instances/register",
    allowsDeployment: true,
    fields: registerRules,
    handle: (store, input) => ({ details: register(store, input) }),
  },
  {
    method: "POST",
    path: "agent_instance/{agent_instance_id}/start",
    bulkType: "agent_instances/start",
    allowsDeployment: true,
    fields: { timestamp: optional(isDateTime) },
    instanceId,
    handle: (store, { id, fields }) => ({ details: start(store, findInstance(store, id), fields) }),
  },
  {
    method: "POST",
    path: "agent_instance/{agent_instance_id}/finish",
    bulkType: "agent_instances/finish",
    allowsDeployment: true,
    fields: { status: optional(isFinishStatus), timestamp: optional(isDateTime) },
    instanceId,
    handle: (store, { id, fields }) => ({ details: finish(store, findInstance(store, id), fields) }),
  },
  {
    method: "POST",
    path: "agent_instance/{agent_instance_id}/terminate",
    fields: { reason: required(isFilled), timestamp: optional(isDateTime) },
    instanceId,
    handle: (store, { id, fields }) => ({ details: terminate(store, findInstance(store, id), fields) }),
  },
  {
    method: "POST",
    path: "agent_instance/{agent_instance_id}/record_quality",
    fields: { name: required(isFilled), payload: optional(isObject) },
    instanceId,
    handle: (store, { id, fields }) => ({ details: recordQuality(store, findInstance(store, id), fields) }),
  },
  {
    method: "GET",
    path: "agent_instance",
    fields: { agent_id: required(isFilled), ...PAGE_FIELDS },
    handle: (store, { fields }) =>
      listPage(store.instances.records.values(), fields, {
        agent_id: equals<SandboxInstance>("agent_id"),
        agent_version_id: equals<SandboxInstance>("agent_version_id"),
      }),
  },
  {
    method: "GET",
    path: "agent_instance/show",
    fields: {
      agent_instance_id: optional(isFilled),
      external_identifier: optional(isFilled),
      include_counts: optional(isFlag),
      include_costs: optional(isFlag),
      include_risk_score: optional(isFlag),
      include_alert_count: optional(isFlag),
    },
    instanceId: (store, { fields }) => findShown(store.instances, fields, "agent_instance_id")?.id,
    handle(store, { fields }) {
      const instance = existing(findShown(store.instances, fields, "agent_instance_id"));
      const raised_alert_count = fields["include_alert_count"] === "true"
        ? countRaisedAlerts(store, instance.id)
        : null;
      return { details: { ...instance, raised_alert_count } };
    },
  },
  {
    method: "GET",
    path: "agent_instance/{agent_instance_id}",
    instanceId,
    handle: (store, { id }) => ({ details: findInstance(store, id) }),
  },
  {
    method: "GET",
    path: "agent_instance/{agent_instance_id}/agent_context",
    instanceId,
    handle: (store, { id }) => ({ agent_context: describeRun(store, findInstance(store, id)) }),
  },
];

/** Finds an instance. */
export function findInstance(store: Store, id: string): SandboxInstance {
  return existing(store.instances.get(id));
}

function existing(instance: SandboxInstance | undefined): SandboxInstance {
  if (!instance) throw new ErrorReply(404, "not_found", "Agent instance not found");
  return instance;
}

/** The rules of a registration. With a deployment-scoped token only the deployment's own ids are valid. */
function registerRules(deployment: Deployment | undefined): FieldRules {
  const only = (id: string, name: string) =>
    optional((value) => value === id || fail(`the ${name} of the token's deployment`));
  return {
    agent_id: deployment ? only(deployment.agentId, "agent") : required(isFilled),
    environment_id: deployment ? only(deployment.environmentId, "environment") : optional(isFilled),
    agent_version: required(isAgentVersionForRegister),
    agent_schema_version: required(isAgentSchemaVersionForRegister),
    id: optional(isFilled),
    external_identifier: optional(isFilled),
    update_current_version: optional(isBoolean),
    purpose: optional((value) => isOneOf(value, ["live", "smoke_test", "eval"])),
  };
}

function register(store: Store, { fields, deployment }: RouteInput): SandboxInstance {
  const { account } = store;
  const agentId = deployment?.agentId ?? fields["agent_id"] as string;
  const agent = agentToRegister(store, agentId);
  const id = freeId(store, store.instances, fields["id"]);
  const version = contentOf(agentId, fields["agent_version"]);
  const versionId = store.agentVersionIds.getOrCreate(version, () => account.createId());
  store.plainRecords("agent_version").set(versionId, { ...fields["agent_version"] as object, id: versionId });
  const schemaVersion = contentOf(agentId, fields["agent_schema_version"]);
  const schemaVersionId = store.schemaVersionIds.getOrCreate(schemaVersion, () => account.createId());
  store.schemaVersions.set(
    schemaVersionId,
    fields["agent_schema_version"] as AgentSchemaVersionForRegister,
  );
  const isCurrent = fields["update_current_version"] !== false;
  const now = new Date().toISOString();
  store.agents.set(agentId, {
    ...agent,
    status: "active",
    current_version_id: isCurrent ? versionId : agent.current_version_id,
    updated_at: now,
  });

  const instance: SandboxInstance = {
    type: "agent_instance",
    id,
    account_id: account.id,
    agent_id: agentId,
    agent_version_id: versionId,
    agent_schema_version_id: schemaVersionId,
    environment_id: deployment?.environmentId ?? fields["environment_id"] as string | undefined ??
      account.environmentId,
    agent_deployment_id: deployment?.id ?? null,
    status: "pending",
    inserted_at: now,
    updated_at: now,
    started_at: null,
    finished_at: null,
    termination_reason: null,
    span_counts: { total: 0, pending: 0, active: 0, complete: 0, failed: 0, cancelled: 0, finished: 0 },
    purpose: (fields["purpose"] as string | undefined) ?? null,
    external_identifier: (fields["external_identifier"] as string | null | undefined) ?? null,
    quality_payloads: {},
  };
  store.addInstance(instance);
  return instance;
}

function start(store: Store, instance: SandboxInstance, fields: Fields): SandboxInstance {
  if (instance.status !== "pending") throw invalidAction("start", "agent instance", instance.status);
  return store.changeInstance(instance, { status: "active", started_at: timestampOf(fields) });
}

function finish(store: Store, instance: SandboxInstance, fields: Fields): SandboxInstance {
  return store.changeInstance(instance, changesOfFinish(fields, "agent instance", instance.status));
}

function terminate(store: Store, instance: SandboxInstance, fields: Fields): SandboxInstance {
  if (instance.status !== "active") throw invalidAction("terminate", "agent instance", instance.status);
  return store.terminateInstance(instance, fields["reason"] as string, timestampOf(fields));
}

/** Replaces the payload of a quality, or removes it if the payload is `null`. */
function recordQuality(store: Store, instance: SandboxInstance, fields: Fields): SandboxInstance {
  const name = fields["name"] as string;
  const payload = fields["payload"] as JsonObject | null | undefined;
  if (payload === undefined) throw invalidFields({ payload: fieldError("required", "payload is required") });
  if (!store.schemasOf(instance.id).quality_schemas?.some((schema) => schema.name === name)) {
    throw invalidFields({ name: fieldError("invalid", `There is no quality schema ${formatValue(name)}`) });
  }
  const others = Object.entries(instance.quality_payloads ?? {}).filter(([other]) => other !== name);
  const recorded: [string, JsonObject][] = payload ? [...others, [name, payload]] : others;
  return store.changeInstance(instance, { quality_payloads: Object.fromEntries(recorded) });
}

function countRaisedAlerts(store: Store, instanceId: string): number {
  return [...store.alerts.records.values()]
    .filter(({ agent_instance_id, status }) => agent_instance_id === instanceId && status === "raised")
    .length;
}

/** Describes a run, a line for each span. */
function describeRun(store: Store, { id }: SandboxInstance) {
  const spans = store.spansOf(id);
  const lines = spans.map(({ schema_name, status, payload, result_payload }) =>
    `${schema_name} (${status}): ${JSON.stringify(payload)} -> ${JSON.stringify(result_payload)}`
  );
  return { body: lines.join("\n"), generated_at: new Date().toISOString(), span_count: spans.length };
}

/** The key of a version: the same for the same content, whatever the order of its fields. */
function contentOf(agentId: string, content: unknown): string {
  return JSON.stringify([agentId, canonical(content)]);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.keys(value).sort().map((field) => [field, canonical(value[field])]);
}
