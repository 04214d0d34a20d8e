/**
 * Agent instances.
 *
 * @module
 */

import { fail, isBoolean, isDateTime, isObject, isOneOf } from "../../guards.ts";
import { isFinishStatus } from "../../models/common.ts";
import type { AgentSchemaVersionForRegister } from "../../models/registration.ts";
import { isAgentSchemaVersionForRegister, isAgentVersionForRegister } from "../../models/registration.ts";
import { type FieldRules, type Fields, isFilled, optional, required } from "../fields.ts";
import { ErrorReply } from "../replies.ts";
import type { Route, RouteInput } from "../route.ts";
import type { Deployment, SandboxInstance, Store } from "../store.ts";
import { agentToRegister } from "./agents.ts";
import { freeId } from "./ids.ts";
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
    method: "GET",
    path: "agent_instance/{agent_instance_id}",
    instanceId,
    handle: (store, { id }) => ({ details: findInstance(store, id) }),
  },
];

/** Finds an instance. */
export function findInstance(store: Store, id: string): SandboxInstance {
  const instance = store.instances.get(id);
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

/** The key of a version: the same for the same content, whatever the order of its fields. */
function contentOf(agentId: string, content: unknown): string {
  return JSON.stringify([agentId, canonical(content)]);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.keys(value).sort().map((field) => [field, canonical(value[field])]);
}
