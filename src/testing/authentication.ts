/**
 * Tokens of requests, and what they allow.
 *
 * @module
 */

import type { Deployment, Store } from "./store.ts";

/** What a token allows. */
export interface Access {
  /** The deployment of the token, if the token is deployment-scoped. */
  readonly deployment: Deployment | undefined;
}

/**
 * Returns what the token in the header `authorization` allows; `undefined` if it is not valid. `ownToken` is that of the
 * sandbox, the others are those that the API created.
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
