/**
 * Administers the platform: accounts and their users, API tokens, environments, agent deployments and versions, people
 * and teams, risk profiles and integrations.
 *
 * Every operation needs an account-scoped token and rejects with the same errors as the methods of
 * `PrefactorHttpClient`. `list` returns one page; `listAll` iterates over the rows of all pages.
 *
 * Every POST carries an idempotency key, so it is retried after any transient failure. The platform's own tools send no
 * key when they create people, teams, risk profiles and integrations, and it is not known whether the platform honors a
 * key there. If it does not, a retry after a lost response creates a second resource; to rule that out, set `maxRetries`
 * to 0 in the options of such a call. Updates and deletions carry no key, because repeating them is safe.
 *
 * Errors from operations on API tokens and invites keep only the code, the message and the field errors of an API error
 * and nothing else of the response, so they never contain a newly created token.
 *
 * @example Create a token for a deployment
 * ```ts
 * import type { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * async function createToken(admin: PrefactorAdminClient, agent_id: string, environment_id: string): Promise<string> {
 *   const { token } = await admin.apiTokens.create({ token_scope: "agent_deployment", agent_id, environment_id });
 *   return token;
 * }
 * ```
 *
 * @example Check a response from the platform
 * ```ts
 * import { isTeam } from "@prefactor/http/admin";
 *
 * console.log(isTeam({ id: "t-1", name: "Search" })); // true
 * ```
 *
 * @module
 */

export { AccountClient } from "./accounts.ts";
export { PrefactorAdminClient } from "./admin_client.ts";
export { AdminUserClient } from "./admin_users.ts";
export { AdminUserInviteClient } from "./admin_user_invites.ts";
export { AgentDeploymentClient } from "./agent_deployments.ts";
export { AgentSchemaVersionClient } from "./agent_schema_versions.ts";
export { AgentVersionClient } from "./agent_versions.ts";
export { ApiTokenClient } from "./api_tokens.ts";
export { EnvironmentClient } from "./environments.ts";
export { IntegrationClient } from "./integrations.ts";
export { PersonClient } from "./people.ts";
export { RiskProfileClient } from "./risk_profiles.ts";
export { TeamClient } from "./teams.ts";
export { isAccount, isUpdateAccountRequest } from "./models/account.ts";
export type { Account, UpdateAccountRequest } from "./models/account.ts";
export { isAdminUser, isUpdateAdminUserRequest } from "./models/admin_user.ts";
export type { AdminUser, UpdateAdminUserRequest } from "./models/admin_user.ts";
export { isAdminUserInvite, isCreateAdminUserInviteRequest } from "./models/admin_user_invite.ts";
export type { AdminUserInvite, CreateAdminUserInviteRequest } from "./models/admin_user_invite.ts";
export {
  isAgentDeployment,
  isCreateAgentDeploymentRequest,
  isListAgentDeploymentsRequest,
  isUpdateAgentDeploymentRequest,
} from "./models/agent_deployment.ts";
export type {
  AgentDeployment,
  CreateAgentDeploymentRequest,
  ListAgentDeploymentsRequest,
  UpdateAgentDeploymentRequest,
} from "./models/agent_deployment.ts";
export {
  isAgentSchemaVersion,
  isAgentSchemaVersionSummary,
  isCreateAgentSchemaVersionRequest,
} from "./models/agent_schema_version.ts";
export type {
  AgentSchemaVersion,
  AgentSchemaVersionFields,
  AgentSchemaVersionSummary,
  CreateAgentSchemaVersionRequest,
} from "./models/agent_schema_version.ts";
export { isAgentVersion, isCreateAgentVersionRequest } from "./models/agent_version.ts";
export type { AgentVersion, CreateAgentVersionRequest } from "./models/agent_version.ts";
export { isApiToken, isCreateApiTokenRequest, isCreatedApiToken } from "./models/api_token.ts";
export type { ApiToken, CreateApiTokenRequest, CreatedApiToken } from "./models/api_token.ts";
export {
  isCreateEnvironmentRequest,
  isEnvironment,
  isEnvironmentSummary,
  isShowEnvironmentRequest,
  isUpdateEnvironmentRequest,
} from "./models/environment.ts";
export type {
  CreateEnvironmentRequest,
  Environment,
  EnvironmentSummary,
  ShowEnvironmentRequest,
  UpdateEnvironmentRequest,
} from "./models/environment.ts";
export {
  isCreateIntegrationRequest,
  isIntegration,
  isIntegrationTest,
  isUpdateIntegrationRequest,
} from "./models/integration.ts";
export type {
  CreateIntegrationRequest,
  Integration,
  IntegrationTest,
  UpdateIntegrationRequest,
} from "./models/integration.ts";
export { isListByAccountRequest, isListByAgentRequest } from "./models/lists.ts";
export type { ListByAccountRequest, ListByAgentRequest } from "./models/lists.ts";
export {
  isCreatePersonRequest,
  isListPeopleRequest,
  isPerson,
  isPersonSummary,
  isUpdatePersonRequest,
} from "./models/person.ts";
export type {
  CreatePersonRequest,
  ListPeopleRequest,
  Person,
  PersonSummary,
  UpdatePersonRequest,
} from "./models/person.ts";
export {
  isCreateRiskProfileRequest,
  isRiskProfile,
  isRiskProfileTemplate,
  isRiskProfileTemplateRequest,
  isRiskRuleset,
  isUpdateRiskProfileRequest,
} from "./models/risk_profile.ts";
export type {
  CreateRiskProfileRequest,
  RiskProfile,
  RiskProfileTemplate,
  RiskProfileTemplateRequest,
  RiskRuleset,
  UpdateRiskProfileRequest,
} from "./models/risk_profile.ts";
export { isCreateTeamRequest, isTeam, isTeamSummary, isUpdateTeamRequest } from "./models/team.ts";
export type { CreateTeamRequest, Team, TeamSummary, UpdateTeamRequest } from "./models/team.ts";
