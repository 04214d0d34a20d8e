/**
 * Agent deployments: an agent in an environment, with its current version.
 *
 * @module
 */

import { isFilled, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Store } from "../store.ts";
import { createRecord, type PlainResource, plainRoutes } from "./plain_resource.ts";

const AGENT_DEPLOYMENT: PlainResource = {
  type: "agent_deployment",
  fields: { current_version_id: optional(isFilled) },
  createFields: { agent_id: required(isFilled), environment_id: required(isFilled) },
  filters: { agent_id: equals<PlainRecord>("agent_id") },
};

/** The operations on agent deployments. */
export const AGENT_DEPLOYMENT_ROUTES: readonly Route[] = plainRoutes(AGENT_DEPLOYMENT);

/** Returns the deployment of an agent in an environment. Creates it if there is none. */
export function deploymentOf(
  store: Store,
  agent_id: string,
  environment_id: string,
  newId: string = store.account.createId(),
): PlainRecord {
  const deployments = store.plainRecords("agent_deployment");
  const found = [...deployments.records.values()].find((deployment) =>
    deployment["agent_id"] === agent_id && deployment["environment_id"] === environment_id
  );
  const deployment = found ?? createRecord(store, AGENT_DEPLOYMENT, newId, { agent_id, environment_id });
  deployments.set(deployment.id, deployment);
  return deployment;
}
