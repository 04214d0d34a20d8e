/**
 * Administration of the platform: accounts and their users, API tokens, environments, deployments and versions of
 * agents, people and teams, risk profiles and integrations.
 *
 * @example Check a response of the platform
 * ```ts
 * import { isApiResponse, type PrefactorHttpClient } from "@prefactor/http";
 * import { isTeam } from "@prefactor/http/admin";
 *
 * async function readTeamName(client: PrefactorHttpClient, id: string): Promise<string | null | undefined> {
 *   const response = await client.request("GET", `/api/v1/team/${id}`);
 *   return isApiResponse(response, isTeam) ? response.details.name : undefined;
 * }
 * ```
 *
 * @module
 */

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
  isUpdateIntegrationRequest,
} from "./models/integration.ts";
export type {
  CreateIntegrationRequest,
  Integration,
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
