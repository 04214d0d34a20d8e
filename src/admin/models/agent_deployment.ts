/**
 * Deployments of agents to environments, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isObject, isPlainObject, isString } from "../../guards.ts";
import type { IdempotentRequest } from "../../models/common.ts";
import { isPageParams, type PageParams } from "../../models/page.ts";

/** A deployment of an agent to an environment. Timestamps are ISO 8601 date-times. */
export interface AgentDeployment {
  /** The ID of the deployment. */
  id: string;
  /** `"agent_deployment"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent. */
  agent_id?: string | null;
  /** The ID of the environment. */
  environment_id?: string | null;
  /** The ID of the pinned version, or `null` if no version is pinned. */
  current_version_id?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AgentDeployment}.
 *
 * @example
 * ```ts
 * import { isAgentDeployment } from "@prefactor/http/admin";
 *
 * console.log(isAgentDeployment({ id: "d-1", agent_id: "a-1", current_version_id: null })); // true
 * ```
 */
export function isAgentDeployment(value: unknown): value is AgentDeployment {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["current_version_id"], isString) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateAgentDeploymentRequest extends IdempotentRequest {
  /** The ID of the agent. */
  agent_id: string;
  /** The ID of the environment. */
  environment_id: string;
  /** The ID of the version to pin. */
  current_version_id?: string | null | undefined;
  /** The ID of the deployment, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateAgentDeploymentRequest}.
 *
 * @example
 * ```ts
 * import { isCreateAgentDeploymentRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateAgentDeploymentRequest({ agent_id: "a-1", environment_id: "e-1" })); // true
 * ```
 */
export function isCreateAgentDeploymentRequest(value: unknown): value is CreateAgentDeploymentRequest {
  return isPlainObject(value) &&
    isString(value["agent_id"]) &&
    isString(value["environment_id"]) &&
    isAbsentOr(value["current_version_id"], isString) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. An `undefined` field keeps its value; `null` clears it. */
export interface UpdateAgentDeploymentRequest {
  /** The ID of the version to pin; `null` unpins it. */
  current_version_id?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateAgentDeploymentRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateAgentDeploymentRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateAgentDeploymentRequest({ current_version_id: null })); // true
 * ```
 */
export function isUpdateAgentDeploymentRequest(value: unknown): value is UpdateAgentDeploymentRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["current_version_id"], isString);
}

/** The params of `list` and `listAll`. Fields that are `undefined` or `null` are omitted. */
export interface ListAgentDeploymentsRequest extends PageParams {
  /** The ID of the agent. */
  agent_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListAgentDeploymentsRequest}.
 *
 * @example
 * ```ts
 * import { isListAgentDeploymentsRequest } from "@prefactor/http/admin";
 *
 * console.log(isListAgentDeploymentsRequest({ agent_id: "a-1" })); // true
 * ```
 */
export function isListAgentDeploymentsRequest(value: unknown): value is ListAgentDeploymentsRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["agent_id"], isString) &&
    isPageParams(value);
}
