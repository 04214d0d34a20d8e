/**
 * Risk profiles, and the requests about them.
 *
 * @module
 */

import {
  isAbsentOr,
  isDateTime,
  isMapOf,
  isNumber,
  isObject,
  isPlainObject,
  isString,
} from "../../guards.ts";
import type { IdempotentRequest, JsonObject } from "../../models/common.ts";
import type { ActionProfile, DataCategories } from "../../models/data_risk.ts";

/** The rules for scoring the risk of spans. */
export interface RiskRuleset {
  /** The multiplier of each kind of action. */
  action_multipliers: { readonly [Action in keyof ActionProfile]?: number | null };
  /** The weight of each kind of data. */
  category_weights: {
    readonly [Category in Exclude<keyof DataCategories, "classification">]?: number | null;
  };
  /** The score at which each risk level begins. */
  thresholds: { readonly critical: number; readonly high: number; readonly medium: number };
}

/**
 * Returns whether a value is a {@linkcode RiskRuleset}.
 *
 * @example
 * ```ts
 * import { isRiskRuleset } from "@prefactor/http/admin";
 *
 * const ruleset = {
 *   action_multipliers: { destroy_data: 2 },
 *   category_weights: { minors_data: 10 },
 *   thresholds: { critical: 80, high: 50, medium: 20 },
 * };
 * console.log(isRiskRuleset(ruleset)); // true
 * ```
 */
export function isRiskRuleset(value: unknown): value is RiskRuleset {
  return isPlainObject(value) &&
    isWeights(value["action_multipliers"]) &&
    isWeights(value["category_weights"]) &&
    isThresholds(value["thresholds"]);
}

function isWeights(value: unknown): value is Record<string, number | null> {
  return isPlainObject(value) && isMapOf(value, isWeight);
}

function isWeight(value: unknown): value is number | null {
  return value === null || isNumber(value);
}

function isThresholds(value: unknown): value is RiskRuleset["thresholds"] {
  return isPlainObject(value) &&
    isNumber(value["critical"]) &&
    isNumber(value["high"]) &&
    isNumber(value["medium"]);
}

/** A risk profile. Timestamps are ISO 8601 date-times. */
export interface RiskProfile {
  /** The ID of the profile. */
  id: string;
  /** `"risk_profile"`. */
  type?: string | null;
  /** The name. */
  name?: string | null;
  /** The description. */
  description?: string | null;
  /** The rules. Narrow them with `isRiskRuleset`. */
  ruleset?: JsonObject | null;
  /** The agreed data risk. */
  agreed_data_risk?: JsonObject | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is a {@linkcode RiskProfile}.
 *
 * @example
 * ```ts
 * import { isRiskProfile } from "@prefactor/http/admin";
 *
 * console.log(isRiskProfile({ id: "r-1", name: "Strict" })); // true
 * ```
 */
export function isRiskProfile(value: unknown): value is RiskProfile {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["ruleset"], isObject) &&
    isAbsentOr(value["agreed_data_risk"], isObject) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The response to `template`. */
export interface RiskProfileTemplate {
  /** The rules. Narrow them with `isRiskRuleset`. */
  ruleset: JsonObject;
}

/**
 * Returns whether a value is a {@linkcode RiskProfileTemplate}.
 *
 * @example
 * ```ts
 * import { isRiskProfileTemplate } from "@prefactor/http/admin";
 *
 * console.log(isRiskProfileTemplate({ ruleset: {} })); // true
 * ```
 */
export function isRiskProfileTemplate(value: unknown): value is RiskProfileTemplate {
  return isObject(value) &&
    isObject(value["ruleset"]);
}

/** The params of `template`. */
export interface RiskProfileTemplateRequest {
  /** The name of the template. */
  template_name: string;
}

/**
 * Returns whether a value is a {@linkcode RiskProfileTemplateRequest}.
 *
 * @example
 * ```ts
 * import { isRiskProfileTemplateRequest } from "@prefactor/http/admin";
 *
 * console.log(isRiskProfileTemplateRequest({ template_name: "default" })); // true
 * ```
 */
export function isRiskProfileTemplateRequest(value: unknown): value is RiskProfileTemplateRequest {
  return isPlainObject(value) &&
    isString(value["template_name"]);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateRiskProfileRequest extends IdempotentRequest {
  /** The name. */
  name: string;
  /** The rules. */
  ruleset: RiskRuleset;
  /** The description. */
  description?: string | null | undefined;
  /** The ID of the profile, a PFID in the account's partition. The platform generates one by default. */
  id?: string | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CreateRiskProfileRequest}.
 *
 * @example
 * ```ts
 * import { isCreateRiskProfileRequest } from "@prefactor/http/admin";
 *
 * console.log(isCreateRiskProfileRequest({ name: "Strict" })); // false: no rules
 * ```
 */
export function isCreateRiskProfileRequest(value: unknown): value is CreateRiskProfileRequest {
  return isPlainObject(value) &&
    isString(value["name"]) &&
    isRiskRuleset(value["ruleset"]) &&
    isAbsentOr(value["description"], isString) &&
    isAbsentOr(value["id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. An `undefined` field keeps its value; `null` clears it. */
export interface UpdateRiskProfileRequest {
  /** The name. */
  name?: string | null | undefined;
  /** The rules. */
  ruleset?: RiskRuleset | null | undefined;
  /** The description. */
  description?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateRiskProfileRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateRiskProfileRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateRiskProfileRequest({ name: "Strict", description: null })); // true
 * ```
 */
export function isUpdateRiskProfileRequest(value: unknown): value is UpdateRiskProfileRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["ruleset"], isRiskRuleset) &&
    isAbsentOr(value["description"], isString);
}
