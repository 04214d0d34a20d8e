/**
 * Environments, and the requests about them.
 *
 * @module
 */

import { hasOneOf, isAbsentOr, isDateTime, isObject, isPlainObject, isString } from "../../guards.ts";
import type { IdempotentRequest, OpenEnum } from "../../models/common.ts";

/** An environment in a list. */
export interface EnvironmentSummary {
  /** The ID of the environment. */
  id: string;
  /** `"environment"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The name. */
  name?: string | null;
  /** The description. */
  description?: string | null;
  /** The identifier of the environment in your own system. */
  external_identifier?: string | null;
  /** The purpose. */
  purpose?: OpenEnum<"development" | "staging" | "testing" | "production"> | null;
}

/**
 * Returns whether a value is an {@linkcode EnvironmentSummary}.
 *
 * @example
 * ```ts
 * import { isEnvironmentSummary } from "@prefactor/http/admin";
 *
 * console.log(isEnvironmentSummary({ id: "e-1", name: "Production" })); // true
 * ```
 */
export function isEnvironmentSummary(value: unknown): value is EnvironmentSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["external_identifier"], isString) &&
    isAbsentOr(value["purpose"], isString);
}

/** An environment. Timestamps are ISO 8601 date-times. */
export interface Environment extends EnvironmentSummary {
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode Environment}.
 *
 * @example
 * ```ts
 * import { isEnvironment } from "@prefactor/http/admin";
 *
 * console.log(isEnvironment({ id: "e-1", inserted_at: "2024-05-06T07:08:09Z" })); // true
 * ```
 */
export function isEnvironment(value: unknown): value is Environment {
  return isObject(value) &&
    isEnvironmentSummary(value) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `show`: exactly one of the identifiers. Fields that are `undefined` or `null` are omitted. */
export interface ShowEnvironmentRequest {
  /** The ID of the environment. */
  environment_id?: string | null | undefined;
  /** The identifier of the environment in your own system. */
  external_identifier?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ShowEnvironmentRequest}.
 *
 * @example
 * ```ts
 * import { isShowEnvironmentRequest } from "@prefactor/http/admin";
 *
 * console.log(isShowEnvironmentRequest({ external_identifier: "production" })); // true
 * ```
 */
export function isShowEnvironmentRequest(value: unknown): value is ShowEnvironmentRequest {
  return isPlainObject(value) &&
    hasOneOf(value, "environment_id", "external_identifier");
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateEnvironmentRequest extends IdempotentRequest {
  /** The name. */
  name: string;
  /** The ID of the account. */
  account_id: string;
  /** The ID of the environment, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateEnvironmentRequest}.
 *
 * @example
 * ```ts
 * import { isCreateEnvironmentRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateEnvironmentRequest({ name: "Production", account_id: "ac-1" })); // true
 * ```
 */
export function isCreateEnvironmentRequest(value: unknown): value is CreateEnvironmentRequest {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isString(value["account_id"]) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. Fields that are `undefined` or `null` are omitted. */
export interface UpdateEnvironmentRequest {
  /** The name. */
  name?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateEnvironmentRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateEnvironmentRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateEnvironmentRequest({ name: "Live" })); // true
 * ```
 */
export function isUpdateEnvironmentRequest(value: unknown): value is UpdateEnvironmentRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString);
}
