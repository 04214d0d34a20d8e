/**
 * Teams, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isNumber, isObject, isPlainObject, isString } from "../../guards.ts";
import type { IdempotentRequest } from "../../models/common.ts";

/** A team in a list. */
export interface TeamSummary {
  /** The ID of the team. */
  id: string;
  /** `"team"`. */
  type?: string | null;
  /** The name. */
  name?: string | null;
  /** The number of agents. */
  agent_count?: number | null;
  /** The number of people. */
  people_count?: number | null;
}

/**
 * Returns whether a value is a {@linkcode TeamSummary}.
 *
 * @example
 * ```ts
 * import { isTeamSummary } from "@prefactor/http/admin";
 *
 * console.log(isTeamSummary({ id: "t-1", name: "Search", people_count: 4 })); // true
 * ```
 */
export function isTeamSummary(value: unknown): value is TeamSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["agent_count"], isNumber) &&
    isAbsentOr(value["people_count"], isNumber);
}

/** A team. Timestamps are ISO 8601 date-times. */
export interface Team extends TeamSummary {
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is a {@linkcode Team}.
 *
 * @example
 * ```ts
 * import { isTeam } from "@prefactor/http/admin";
 *
 * console.log(isTeam({ id: "t-1", inserted_at: "2024-05-06T07:08:09Z" })); // true
 * ```
 */
export function isTeam(value: unknown): value is Team {
  return isObject(value) &&
    isTeamSummary(value) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateTeamRequest extends IdempotentRequest {
  /** The name. */
  name: string;
  /** The ID of the team, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateTeamRequest}.
 *
 * @example
 * ```ts
 * import { isCreateTeamRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateTeamRequest({ name: "Search" })); // true
 * ```
 */
export function isCreateTeamRequest(value: unknown): value is CreateTeamRequest {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. Fields that are `undefined` or `null` are omitted. */
export interface UpdateTeamRequest {
  /** The name. */
  name?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateTeamRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateTeamRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateTeamRequest({ name: "Search" })); // true
 * ```
 */
export function isUpdateTeamRequest(value: unknown): value is UpdateTeamRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString);
}
