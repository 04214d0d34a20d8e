/**
 * List params that several resources share.
 *
 * @module
 */

import { isAbsentOr, isPlainObject, isString } from "../../guards.ts";
import { isPageParams, type PageParams } from "../../models/page.ts";

/** The params of lists that can be filtered by account. Fields that are `undefined` or `null` are omitted. */
export interface ListByAccountRequest extends PageParams {
  /** The ID of the account. Defaults to the account of the token. */
  account_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListByAccountRequest}.
 *
 * @example
 * ```ts
 * import { isListByAccountRequest } from "@prefactor/http/admin";
 *
 * console.log(isListByAccountRequest({ account_id: "ac-1" })); // true
 * ```
 */
export function isListByAccountRequest(value: unknown): value is ListByAccountRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["account_id"], isString) &&
    isPageParams(value);
}

/** The params of lists of an agent's versions. Fields that are `undefined` or `null` are omitted. */
export interface ListByAgentRequest extends PageParams {
  /** The ID of the agent. */
  agent_id: string;
}

/**
 * Returns whether a value is a {@linkcode ListByAgentRequest}.
 *
 * @example
 * ```ts
 * import { isListByAgentRequest } from "@prefactor/http/admin";
 *
 * console.log(isListByAgentRequest({ agent_id: "a-1" })); // true
 * ```
 */
export function isListByAgentRequest(value: unknown): value is ListByAgentRequest {
  return isPlainObject(value) &&
    isString(value["agent_id"]) &&
    isPageParams(value);
}
