/**
 * Agent instances.
 *
 * @module
 */

import { fail, formatValue, isBoolean, isDateTime, isObject, isOneOf } from "../../guards.ts";
import type { AgentInstance } from "../../models/agent_instance.ts";
import { isFinishStatus } from "../../models/common.ts";
import type { JsonObject } from "../../models/common.ts";
import type { AgentSchemaVersionForRegister, AgentVersionForRegister } from "../../models/registration.ts";
import { isAgentSchemaVersionForRegister, isAgentVersionForRegister } from "../../models/registration.ts";
import { costsOf } from "../costs.ts";
import { type FieldRules, type Fields, isFilled, isFlag, optional, own, required } from "../fields.ts";
import { equals, type ListFilters, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply, fieldError, invalidFields } from "../replies.ts";
import type { Route, RouteInput } from "../route.ts";
import type { Deployment, SandboxInstance, SandboxSpan, Store } from "../store.ts";
import { renderTemplate } from "../template.ts";
import { deploymentOf } from "./agent_deployments.ts";
import { agentToRegister } from "./agents.ts";
import { findShown, freeId } from "./ids.ts";
import { changesOfFinish, invalidAction, timestampOf } from "./lifecycle.ts";
import { recordVersions } from "./versions.ts";

const FILTERS: ListFilters<SandboxInstance> = {
  agent_id: equals("agent_id"),
  agent_version_id: equals("agent_version_id"),
};

/** The fields that instances in a list omit. */
const DETAILS_ONLY = ["agent_deployment_id", "span_counts", "quality_payloads", "quality_summaries"];

/** The optional parts of an instance, by the flag that includes them. */
const PARTS: {
  readonly [flag: string]: (store: Store, instance: SandboxInstance) => Partial<AgentInstance>;
} = {
  include_counts: (store, { id, span_counts }) => ({
    span_counts,
    span_schema_counts: { by_name: countByName(store.spansOf(id)) },
  }),
  include_costs: (store, { id }) => ({ cost_breakdown: costsOf(store.spansOf(id)) }),
  include_alert_count: (store, { id }) => ({ raised_alert_count: countRaisedAlerts(store, id) }),
};

const WITHOUT_PARTS: Partial<AgentInstance> = {
  span_counts: null,
  span_schema_counts: null,
  cost_breakdown: null,
  risk_score: null,
  raised_alert_count: null,
};

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
    bulkType: "agent_instances/list",
    fields: { agent_id: required(isFilled), ...PAGE_FIELDS },
    handle: (store, { fields }) =>
      listPage(store.instances.records.values(), fields, { filters: FILTERS, detailsOnly: DETAILS_ONLY }),
  },
  {
    method: "GET",
    path: "agent_instance/show",
    bulkType: "agent_instances/show",
    fields: {
      agent_instance_id: optional(isFilled),
      external_identifier: optional(isFilled),
      include_risk_score: optional(isFlag),
      ...Object.fromEntries(Object.keys(PARTS).map((flag) => [flag, optional(isFlag)])),
    },
    instanceId: (store, { fields }) => findShown(store.instances, fields, "agent_instance_id")?.id,
    handle(store, { fields }) {
      const instance = existing(findShown(store.instances, fields, "agent_instance_id"));
      const flags = Object.keys(PARTS).filter((flag) => fields[flag] === "true");
      return { details: detailsOf(store, instance, flags) };
    },
  },
  {
    method: "GET",
    path: "agent_instance/{agent_instance_id}",
    instanceId,
    handle: (store, { id }) => ({
      details: detailsOf(store, findInstance(store, id), ["include_counts", "include_costs"]),
    }),
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

/** Returns the rules for a registration. With a deployment-scoped token, only the deployment's own IDs are valid. */
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
  const { versionId, schemaVersionId } = recordVersions(
    store,
    agentId,
    fields["agent_version"] as AgentVersionForRegister,
    fields["agent_schema_version"] as AgentSchemaVersionForRegister,
  );
  const environmentId = deployment?.environmentId ?? fields["environment_id"] as string | undefined ??
    account.environmentId;
  const agentDeployment = deploymentOf(store, agentId, environmentId, deployment?.id);
  const isCurrent = fields["update_current_version"] !== false;
  const now = new Date().toISOString();
  store.agents.set(agentId, {
    ...agent,
    status: "active",
    current_version_id: isCurrent ? versionId : agent.current_version_id,
    updated_at: now,
  });
  if (isCurrent) {
    const pinned = { ...agentDeployment, current_version_id: versionId, updated_at: now };
    store.plainRecords("agent_deployment").set(agentDeployment.id, pinned);
  }

  const instance: SandboxInstance = {
    type: "agent_instance",
    id,
    account_id: account.id,
    agent_id: agentId,
    agent_version_id: versionId,
    agent_schema_version_id: schemaVersionId,
    environment_id: environmentId,
    agent_deployment_id: agentDeployment.id,
    status: "pending",
    inserted_at: now,
    updated_at: now,
    started_at: null,
    finished_at: null,
    termination_reason: null,
    span_counts: { total: 0, pending: 0, active: 0, complete: 0, failed: 0, cancelled: 0, finished: 0 },
    last_activity_span_at: null,
    purpose: (fields["purpose"] as string | undefined) ?? "live",
    external_identifier: (fields["external_identifier"] as string | null | undefined) ?? null,
    quality_payloads: {},
    quality_summaries: {},
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
  const schemas = store.schemasOf(instance.id).quality_schemas;
  if (!own(schemas, name)) {
    throw invalidFields({ name: fieldError("invalid", `There is no quality schema ${formatValue(name)}`) });
  }
  const others = Object.entries(instance.quality_payloads ?? {}).filter(([other]) => other !== name);
  const recorded: [string, JsonObject][] = payload ? [...others, [name, payload]] : others;
  const summaries = recorded.flatMap(([name, payload]) => {
    const summary = renderTemplate(own(schemas, name)?.template, payload);
    return summary === null ? [] : [[name, summary]];
  });
  return store.changeInstance(instance, {
    quality_payloads: Object.fromEntries(recorded),
    quality_summaries: Object.fromEntries(summaries),
  });
}

/** Returns an instance with the parts that the flags include; the others are `null`. */
function detailsOf(store: Store, instance: SandboxInstance, flags: readonly string[]): object {
  return Object.assign(
    { ...instance, ...WITHOUT_PARTS },
    ...flags.map((flag) => PARTS[flag]!(store, instance)),
  );
}

function countByName(spans: readonly SandboxSpan[]): { [name: string]: number } {
  const counts = new Map<string, number>();
  for (const { schema_name } of spans) counts.set(schema_name, (counts.get(schema_name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function countRaisedAlerts(store: Store, instanceId: string): number {
  return [...store.alerts.records.values()]
    .filter(({ agent_instance_id, status }) => agent_instance_id === instanceId && status === "raised")
    .length;
}

/** Describes a run, with one line for each span. */
function describeRun(store: Store, { id }: SandboxInstance) {
  const spans = store.spansOf(id);
  const lines = spans.map(({ schema_name, status, payload, result_payload }) =>
    `${schema_name} (${status}): ${JSON.stringify(payload)} -> ${JSON.stringify(result_payload)}`
  );
  return { body: lines.join("\n"), generated_at: new Date().toISOString(), span_count: spans.length };
}
