/**
 * Agents.
 *
 * @module
 */

import { isString } from "../../guards.ts";
import type { AgentInstanceCounts } from "../../models/agent.ts";
import { isFilled, isFlag, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import type { Route } from "../route.ts";
import { hasEnded, type PlainRecord, type SandboxAgent, type Store } from "../store.ts";
import { findShown } from "./ids.ts";
import { invalidAction } from "./lifecycle.ts";
import { createRecord, findRecord, type PlainResource, plainRoutes, present } from "./plain_resource.ts";

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
  defaults: () => ({ status: "pending", current_version_id: null }),
  filters: {
    risk_profile_id: equals<PlainRecord>("risk_profile_id"),
    team_id: equals<PlainRecord>("team_id"),
    owner_person_id: equals<PlainRecord>("owner_person_id"),
  },
  detailsOnly: ["risk_profile_id"],
  derive: (store, { id, status }) => ({
    available_actions: {
      update: true,
      retire: status !== "retired",
      reinstate: status === "retired",
      delete: true,
    },
    last_activity_span_at: lastActivityOf(store, id),
  }),
  actions: [
    { action: "retire", from: ["pending", "active"], to: "retired" },
    { action: "reinstate", from: ["retired"], to: "active" },
  ],
  bulkName: "agents",
};

/** The operations on agents. */
export const AGENT_ROUTES: readonly Route[] = [
  ...plainRoutes(AGENT),
  {
    method: "GET",
    path: "agent/show",
    bulkType: "agents/show",
    fields: {
      agent_id: optional(isFilled),
      external_identifier: optional(isFilled),
      environment_id: optional(isFilled),
      include_counts: optional(isFlag),
      include_risk_rollup: optional(isFlag),
    },
    handle(store, { fields }) {
      const { id } = findShown(store.agents, fields, "agent_id") ?? { id: "" };
      const agent = present(store, AGENT, findRecord(store, "agent", id));
      const environmentId = fields["environment_id"] as string | undefined;
      const instance_counts = fields["include_counts"] === "true"
        ? countInstances(store, id, environmentId)
        : null;
      return { details: { ...agent, instance_counts }, risk_rollup: null };
    },
  },
];

/** Finds the agent of a registration, or creates one without storing it. Rejects a retired agent. */
export function agentToRegister(store: Store, id: string): SandboxAgent {
  const agent = store.agents.get(id) ?? createRecord(store, AGENT, id, {}) as object as SandboxAgent;
  if (agent.status === "retired") throw invalidAction("register an instance of", "agent", agent.status);
  return agent;
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

/** Returns the time of the last span of all the agent's instances. */
function lastActivityOf(store: Store, agentId: string): string | null {
  let last: string | null = null;
  for (const { agent_id, last_activity_span_at: at } of store.instances.records.values()) {
    if (agent_id === agentId && at && (last === null || at > last)) last = at;
  }
  return last;
}
