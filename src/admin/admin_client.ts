/**
 * The client for the administration of the platform.
 *
 * @module
 */

import type { HttpRequester } from "../http_requester.ts";
import { AccountClient } from "./accounts.ts";
import { AdminUserClient } from "./admin_users.ts";
import { AdminUserInviteClient } from "./admin_user_invites.ts";
import { AgentDeploymentClient } from "./agent_deployments.ts";
import { AgentSchemaVersionClient } from "./agent_schema_versions.ts";
import { AgentVersionClient } from "./agent_versions.ts";
import { ApiTokenClient } from "./api_tokens.ts";
import { EnvironmentClient } from "./environments.ts";
import { IntegrationClient } from "./integrations.ts";
import { PersonClient } from "./people.ts";
import { RiskProfileClient } from "./risk_profiles.ts";
import { TeamClient } from "./teams.ts";

/**
 * The client for the administration of the platform. It needs an account-scoped token.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const page = { summaries: [{ id: "e-1", name: "Staging" }], pagination: null };
 * const fetch = () => Promise.resolve(Response.json(page)); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * for await (const { id, name } of admin.environments.listAll()) console.log(id, name); // e-1 Staging
 * ```
 */
export class PrefactorAdminClient {
  /** Reads and renames accounts. */
  readonly accounts: AccountClient;
  /** Reads and updates the people who can log in. */
  readonly adminUsers: AdminUserClient;
  /** Creates, reads and revokes invites to the platform. */
  readonly adminUserInvites: AdminUserInviteClient;
  /** Creates, changes and reads the deployments of agents. */
  readonly agentDeployments: AgentDeploymentClient;
  /** Creates and reads the versions of agents' schemas. */
  readonly agentSchemaVersions: AgentSchemaVersionClient;
  /** Creates and reads the versions of agents. */
  readonly agentVersions: AgentVersionClient;
  /** Creates, reads, suspends and revokes API tokens. */
  readonly apiTokens: ApiTokenClient;
  /** Creates, renames and reads environments. */
  readonly environments: EnvironmentClient;
  /** Creates, changes, reads and tests integrations. */
  readonly integrations: IntegrationClient;
  /** Creates, changes and reads people. */
  readonly people: PersonClient;
  /** Creates, changes and reads risk profiles. */
  readonly riskProfiles: RiskProfileClient;
  /** Creates, renames and reads teams. */
  readonly teams: TeamClient;

  /**
   * Creates the client. Nothing is sent.
   *
   * @param requester The sender of the requests, usually a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.accounts = new AccountClient(requester);
    this.adminUsers = new AdminUserClient(requester);
    this.adminUserInvites = new AdminUserInviteClient(requester);
    this.agentDeployments = new AgentDeploymentClient(requester);
    this.agentSchemaVersions = new AgentSchemaVersionClient(requester);
    this.agentVersions = new AgentVersionClient(requester);
    this.apiTokens = new ApiTokenClient(requester);
    this.environments = new EnvironmentClient(requester);
    this.integrations = new IntegrationClient(requester);
    this.people = new PersonClient(requester);
    this.riskProfiles = new RiskProfileClient(requester);
    this.teams = new TeamClient(requester);
  }
}
