/**
 * Invites to the platform, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isObject, isPlainObject, isString } from "../../guards.ts";
import type { IdempotentRequest, OpenEnum } from "../../models/common.ts";

/** An invite to the platform. Its `token` and `invite_url` grant access. Timestamps are ISO 8601 date-times. */
export interface AdminUserInvite {
  /** The ID of the invite. */
  id: string;
  /** `"admin_user_invite"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The e-mail address of the invited person. */
  email?: string | null;
  /** The status. */
  status?: OpenEnum<"pending" | "used" | "revoked"> | null;
  /** The URL at which the person accepts the invite. */
  invite_url?: string | null;
  /** The token of the invite. */
  token?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AdminUserInvite}.
 *
 * @example
 * ```ts
 * import { isAdminUserInvite } from "@prefactor/http/admin";
 *
 * console.log(isAdminUserInvite({ id: "in-1", status: "pending" })); // true
 * ```
 */
export function isAdminUserInvite(value: unknown): value is AdminUserInvite {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["email"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["invite_url"], isString) &&
    isAbsentOr(value["token"], isString) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateAdminUserInviteRequest extends IdempotentRequest {
  /** The e-mail address of the person to invite. */
  email: string;
  /** The ID of the account. Defaults to the account of the token. */
  account_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateAdminUserInviteRequest}.
 *
 * @example
 * ```ts
 * import { isCreateAdminUserInviteRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateAdminUserInviteRequest({ email: "ada@example.com" })); // true
 * ```
 */
export function isCreateAdminUserInviteRequest(value: unknown): value is CreateAdminUserInviteRequest {
  return isPlainObject(value) &&
    isString(value["email"]) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}
