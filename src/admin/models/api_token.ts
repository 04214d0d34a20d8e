/**
 * API tokens, and the requests about them.
 *
 * @module
 */

import {
  isAbsentOr,
  isDateTime,
  isObject,
  isOneOf,
  isPlainObject,
  isString,
  isTimestamp,
} from "../../guards.ts";
import type { IdempotentRequest, OpenEnum } from "../../models/common.ts";

/** An API token, without its secret. Timestamps are ISO 8601 date-times. */
export interface ApiToken {
  /** The ID of the token. */
  id: string;
  /** `"api_token"`. */
  type?: string | null;
  /** The scope. */
  token_scope?: OpenEnum<"account" | "agent_deployment" | "environment"> | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent, if the token is scoped to a deployment. */
  agent_id?: string | null;
  /** The ID of the environment, if the token is scoped to a deployment. */
  environment_id?: string | null;
  /** The ID of the deployment, if the token is scoped to one. */
  agent_deployment_id?: string | null;
  /** The status. */
  status?: OpenEnum<"active" | "suspended" | "revoked"> | null;
  /** The time at which the token expires. */
  expires_at?: string | null;
  /** The time at which the token was last used. */
  last_used_at?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode ApiToken}.
 *
 * @example
 * ```ts
 * import { isApiToken } from "@prefactor/http/admin";
 *
 * console.log(isApiToken({ id: "to-1", token_scope: "account", status: "active" })); // true
 * ```
 */
export function isApiToken(value: unknown): value is ApiToken {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["token_scope"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["agent_deployment_id"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["expires_at"], isDateTime) &&
    isAbsentOr(value["last_used_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The response to `create`, the only one that contains the secret. */
export interface CreatedApiToken {
  /** The token. */
  details: ApiToken;
  /** The secret. */
  token: string;
}

/**
 * Returns whether a value is a {@linkcode CreatedApiToken}.
 *
 * @example
 * ```ts
 * import { isCreatedApiToken } from "@prefactor/http/admin";
 *
 * console.log(isCreatedApiToken({ details: { id: "to-1" } })); // false: no secret
 * ```
 */
export function isCreatedApiToken(value: unknown): value is CreatedApiToken {
  return isObject(value) &&
    isApiToken(value["details"]) &&
    isString(value["token"]);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateApiTokenRequest extends IdempotentRequest {
  /** The scope. */
  token_scope: "account" | "agent_deployment";
  /** The ID of the account. Defaults to the account of the token that creates it. */
  account_id?: string | null | undefined;
  /** The ID of the agent, if the token is scoped to a deployment. */
  agent_id?: string | null | undefined;
  /** The ID of the environment, if the token is scoped to a deployment. */
  environment_id?: string | null | undefined;
  /** The time at which the token expires: a `Date` or an ISO 8601 date-time. */
  expires_at?: Date | string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateApiTokenRequest}.
 *
 * @example
 * ```ts
 * import { isCreateApiTokenRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateApiTokenRequest({ token_scope: "account" })); // true
 * ```
 */
export function isCreateApiTokenRequest(value: unknown): value is CreateApiTokenRequest {
  return isPlainObject(value) &&
    isOneOf(value["token_scope"], ["account", "agent_deployment"]) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["expires_at"], isTimestamp) &&
    isAbsentOr(value["idempotency_key"], isString);
}
