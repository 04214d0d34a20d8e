/**
 * People of an account, and the requests about them.
 *
 * @module
 */

import { isAbsentOr, isDateTime, isObject, isPlainObject, isString, isStringArray } from "../../guards.ts";
import type { IdempotentRequest } from "../../models/common.ts";
import { isPageParams, type PageParams } from "../../models/page.ts";

/** A person in a list. */
export interface PersonSummary {
  /** The ID of the person. */
  id: string;
  /** `"person"`. */
  type?: string | null;
  /** The name. */
  name?: string | null;
  /** The e-mail address. */
  email?: string | null;
  /** The title. */
  title?: string | null;
  /** The IDs of the teams. */
  team_ids?: string[] | null;
}

/**
 * Returns whether a value is a {@linkcode PersonSummary}.
 *
 * @example
 * ```ts
 * import { isPersonSummary } from "@prefactor/http/admin";
 *
 * console.log(isPersonSummary({ id: "p-1", name: "Ada" })); // true
 * ```
 */
export function isPersonSummary(value: unknown): value is PersonSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["email"], isString) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["team_ids"], isStringArray);
}

/** A person. Timestamps are ISO 8601 date-times. */
export interface Person extends PersonSummary {
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is a {@linkcode Person}.
 *
 * @example
 * ```ts
 * import { isPerson } from "@prefactor/http/admin";
 *
 * console.log(isPerson({ id: "p-1", inserted_at: "2024-05-06T07:08:09Z" })); // true
 * ```
 */
export function isPerson(value: unknown): value is Person {
  return isObject(value) &&
    isPersonSummary(value) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreatePersonRequest extends IdempotentRequest {
  /** The e-mail address. */
  email: string;
  /** The name. */
  name: string;
  /** The title. */
  title?: string | null | undefined;
  /** The IDs of the teams. */
  team_ids?: readonly string[] | null | undefined;
  /** The ID of the person, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreatePersonRequest}.
 *
 * @example
 * ```ts
 * import { isCreatePersonRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreatePersonRequest({ email: "ada@example.com", name: "Ada" })); // true
 * ```
 */
export function isCreatePersonRequest(value: unknown): value is CreatePersonRequest {
  return isPlainObject(value) &&
    isString(value["email"]) &&
    isString(value["name"]) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["team_ids"], isStringArray) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. An `undefined` field keeps its value; `null` clears it. */
export interface UpdatePersonRequest {
  /** The e-mail address. */
  email?: string | null | undefined;
  /** The name. */
  name?: string | null | undefined;
  /** The title. */
  title?: string | null | undefined;
  /** The IDs of the teams. */
  team_ids?: readonly string[] | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdatePersonRequest}.
 *
 * @example
 * ```ts
 * import { isUpdatePersonRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdatePersonRequest({ title: null })); // true
 * ```
 */
export function isUpdatePersonRequest(value: unknown): value is UpdatePersonRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["email"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["team_ids"], isStringArray);
}

/** The params of `list` and `listAll`. Fields that are `undefined` or `null` are omitted. */
export interface ListPeopleRequest extends PageParams {
  /** The ID of the team. */
  team_id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListPeopleRequest}.
 *
 * @example
 * ```ts
 * import { isListPeopleRequest } from "@prefactor/http/admin";
 *
 * console.log(isListPeopleRequest({ team_id: "t-1" })); // true
 * ```
 */
export function isListPeopleRequest(value: unknown): value is ListPeopleRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["team_id"], isString) &&
    isPageParams(value);
}
