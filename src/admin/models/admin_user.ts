/**
 * People who can log in to the platform, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isObject, isPlainObject, isString, isTimestamp } from "../../guards.ts";

/** A person who can log in to the platform. Timestamps are ISO 8601 date-times. */
export interface AdminUser {
  /** The ID of the user. */
  id: string;
  /** `"admin_user"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The e-mail address. */
  email?: string | null;
  /** The name. */
  name?: string | null;
  /** The job title. */
  job_title?: string | null;
  /** The time of the last activity. */
  last_active_at?: string | null;
  /** The time at which the profile was completed. */
  profile_completed_at?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode AdminUser}.
 *
 * @example
 * ```ts
 * import { isAdminUser } from "@prefactor/http/admin";
 *
 * console.log(isAdminUser({ id: "u-1", email: "ada@example.com" })); // true
 * ```
 */
export function isAdminUser(value: unknown): value is AdminUser {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["email"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["job_title"], isString) &&
    isAbsentOr(value["last_active_at"], isDateTime) &&
    isAbsentOr(value["profile_completed_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `update`. An `undefined` field keeps its value; `null` clears it. */
export interface UpdateAdminUserRequest {
  /** The name. */
  name?: string | null | undefined;
  /** The job title. */
  job_title?: string | null | undefined;
  /** The time at which the profile was completed: a `Date` or an ISO 8601 date-time. */
  profile_completed_at?: Date | string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateAdminUserRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateAdminUserRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateAdminUserRequest({ job_title: null })); // true
 * ```
 */
export function isUpdateAdminUserRequest(value: unknown): value is UpdateAdminUserRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["job_title"], isString) &&
    isAbsentOr(value["profile_completed_at"], isTimestamp);
}
