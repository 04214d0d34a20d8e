/**
 * Authenticates requests by their tokens.
 *
 * @module
 */

import type { Deployment, Store } from "./store.ts";

/** The access that a token grants. */
export interface Access {
  /** The deployment of the token, if the token is deployment-scoped. */
  readonly deployment: Deployment | undefined;
}

/**
 * Returns the access that the token in the header `authorization` grants, or `undefined` if the token is not valid.
 * `ownToken` is the sandbox's own token; all others were created by its API.
 */
export function authenticate(
  store: Store,
  ownToken: string,
  authorization: string | null,
): Access | undefined {
  const [scheme, token = ""] = authorization?.split(" ") ?? [];
  if (scheme?.toLowerCase() !== "bearer") return undefined;
  if (token === ownToken) return { deployment: store.account.deployment };
  const apiTokens = store.plainRecords("api_token");
  const apiToken = apiTokens.get(store.tokenIds.get(token) ?? "");
  const now = new Date();
  if (apiToken?.["status"] !== "active" || isPast(apiToken["expires_at"], now)) return undefined;
  apiTokens.set(apiToken.id, { ...apiToken, last_used_at: now.toISOString() });
  const { agent_deployment_id, agent_id, environment_id } = apiToken as Record<string, string | null>;
  return {
    deployment: agent_deployment_id
      ? { id: agent_deployment_id, agentId: agent_id!, environmentId: environment_id! }
      : undefined,
  };
}

function isPast(time: unknown, now: Date): boolean {
  return typeof time === "string" && Date.parse(time) <= now.getTime();
}
