/**
 * Agents.
 *
 * @module
 */

import { isString } from "../../guards.ts";
import type { AgentInstanceCounts } from "../../models/agent.ts";
import { isFilled, isFlag, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import { ErrorReply } from "../replies.ts";
import type { Route } from "../route.ts";
import { hasEnded, type PlainRecord, type SandboxAgent, type Store } from "../store.ts";
import { findShown } from "./ids.ts";
import { createRecord, type PlainResource, plainRoutes } from "./plain_resource.ts";

const AGENT: PlainResource = {
  type: "agent",
  fields: {
    name: required(isFilled),
    description: optional(isString),
    owner_person_id: optional(isFilled),
    risk_profile_id: optional(isFilled),
    team_id: optional(isFilled),
  },
  createFields: { external_identifier: optional(isFilled) },
  defaults: { status: "pending", current_version_id: null },
  filters: {
    risk_profile_id: equals<PlainRecord>("risk_profile_id"),
    team_id: equals<PlainRecord>("team_id"),
    owner_person_id: equals<PlainRecord>("owner_person_id"),
  },
  bulkName: "agents",
};

/** The operations on agents. */
export const AGENT_ROUTES: readonly Route[] = [
  ...plainRoutes(AGENT),
  {
    method: "POST",
    path: "agent/{agent_id}/retire",
    handle: (store, { id }) => ({ details: changeStatus(store, id, "retire") }),
  },
  {
    method: "POST",
    path: "agent/{agent_id}/reinstate",
    handle: (store, { id }) => ({ details: changeStatus(store, id, "reinstate") }),
  },
  {
    method: "GET",
    path: "agent/show",
    fields: {
      agent_id: optional(isFilled),
      external_identifier: optional(isFilled),
      environment_id: optional(isFilled),
      include_counts: optional(isFlag),
      include_risk_rollup: optional(isFlag),
    },
    handle(store, { fields }) {
      const agent = findShown(store.agents, fields, "agent_id");
      if (!agent) throw notFound();
      const environmentId = fields["environment_id"] as string | undefined;
      const instance_counts = fields["include_counts"] === "true"
        ? countInstances(store, agent.id, environmentId)
        : null;
      return { details: { ...agent, instance_counts }, risk_rollup: null };
    },
  },
];

/** Finds the agent of a registration, or creates one that is not stored yet. A retired agent is refused. */
export function agentToRegister(store: Store, id: string): SandboxAgent {
  const agent = store.agents.get(id) ?? createRecord(store, AGENT, id, {}) as object as SandboxAgent;
  if (agent.status === "retired") throw invalidStatus("register an instance of", agent);
  return agent;
}

function changeStatus(store: Store, id: string, action: "retire" | "reinstate"): SandboxAgent {
  const agent = store.agents.get(id);
  if (!agent) throw notFound();
  if ((agent.status === "retired") === (action === "retire")) throw invalidStatus(action, agent);
  const status = action === "retire" ? "retired" : "active";
  const changed: SandboxAgent = { ...agent, status, updated_at: new Date().toISOString() };
  store.agents.set(id, changed);
  return changed;
}

function countInstances(store: Store, agentId: string, environmentId: string | undefined) {
  const counts = {
    total: 0,
    pending: 0,
    active: 0,
    complete: 0,
    failed: 0,
    cancelled: 0,
    terminated: 0,
    finished: 0,
  };
  for (const instance of store.instances.records.values()) {
    if (instance.agent_id !== agentId) continue;
    if (environmentId !== undefined && instance.environment_id !== environmentId) continue;
    counts.total++;
    counts[instance.status]++;
    if (hasEnded(instance)) counts.finished++;
  }
  return counts satisfies AgentInstanceCounts;
}

function notFound(): ErrorReply {
  return new ErrorReply(404, "not_found", "The agent was not found");
}

function invalidStatus(action: string, { status }: SandboxAgent): ErrorReply {
  return new ErrorReply(409, "invalid_action", `Cannot ${action} the agent: its status is "${status}"`);
}
