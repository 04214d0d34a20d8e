/**
 * Accounts, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isObject, isPlainObject, isString } from "../../guards.ts";

/** An account. Timestamps are ISO 8601 date-times. */
export interface Account {
  /** The ID of the account. */
  id: string;
  /** `"account"`. */
  type?: string | null;
  /** The name. */
  name?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode Account}.
 *
 * @example
 * ```ts
 * import { isAccount } from "@prefactor/http/admin";
 *
 * console.log(isAccount({ id: "ac-1", name: "Example" })); // true
 * ```
 */
export function isAccount(value: unknown): value is Account {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `update`. Fields that are `undefined` or `null` are omitted. */
export interface UpdateAccountRequest {
  /** The name. */
  name?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateAccountRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateAccountRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateAccountRequest({ name: "Example" })); // true
 * ```
 */
export function isUpdateAccountRequest(value: unknown): value is UpdateAccountRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString);
}
