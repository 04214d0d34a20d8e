/**
 * Alerts about agent instances, and the requests about them.
 *
 * @module
 */

import {
  isAbsentOr,
  isBoolean,
  isDateTime,
  isNumber,
  isObject,
  isOneOf,
  isPlainObject,
  isString,
  isTimestamp,
} from "../guards.ts";
import type { IdempotentRequest, JsonObject, JsonObjectLike, JsonValue, OpenEnum } from "./common.ts";
import { isPageParams, type PageParams } from "./page.ts";

/** All severities of alerts, from highest to lowest. */
export const ALERT_SEVERITIES = ["critical", "error", "warning", "info"] as const;

/** The severity of an alert. */
export type AlertSeverity = typeof ALERT_SEVERITIES[number];

/**
 * Returns whether a value is a severity that this version knows.
 *
 * @example
 * ```ts
 * import { isAlertSeverity } from "@prefactor/http";
 *
 * console.log(isAlertSeverity("warning"), isAlertSeverity("low")); // true false
 * ```
 */
export function isAlertSeverity(value: unknown): value is AlertSeverity {
  return isOneOf(value, ALERT_SEVERITIES);
}

/** The status of an alert. */
export type AlertStatus = "raised" | "cleared";

const ALERT_STATUSES: readonly AlertStatus[] = ["raised", "cleared"];

function isAlertStatus(value: unknown): value is AlertStatus {
  return isOneOf(value, ALERT_STATUSES);
}

/** An alert in a list. Timestamps are ISO 8601 date-times. */
export interface AlertSummary {
  /** The ID of the alert. */
  id: string;
  /** `"alert"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The ID of the agent. */
  agent_id?: string | null;
  /** The ID of the agent instance. */
  agent_instance_id?: string | null;
  /** The ID of the environment. */
  environment_id?: string | null;
  /** The name of the alert's schema. */
  name?: string | null;
  /** The title of the alert's schema. */
  title?: string | null;
  /** The severity. */
  severity?: OpenEnum<AlertSeverity> | null;
  /** The status. */
  status?: OpenEnum<AlertStatus> | null;
  /** The summary, rendered from the template of the schema. */
  summary?: string | null;
  /** The time at which the alert was raised. */
  raised_at?: string | null;
  /** The time at which the alert was cleared. */
  cleared_at?: string | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
  /** The version of the alert. */
  version?: JsonValue;
}

/**
 * Returns whether a value is an {@linkcode AlertSummary}.
 *
 * @example
 * ```ts
 * import { isAlertSummary } from "@prefactor/http";
 *
 * console.log(isAlertSummary({ id: "al-1", name: "over_budget", status: "raised" })); // true
 * ```
 */
export function isAlertSummary(value: unknown): value is AlertSummary {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["agent_instance_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["title"], isString) &&
    isAbsentOr(value["severity"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["summary"], isString) &&
    isAbsentOr(value["raised_at"], isDateTime) &&
    isAbsentOr(value["cleared_at"], isDateTime) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** An alert. */
export interface Alert extends AlertSummary {
  /** The payload. */
  payload?: JsonObject | null;
  /** Whether the payload contains wrapped sensitive values. */
  payload_sensitive_encoding?: boolean | null;
}

/**
 * Returns whether a value is an {@linkcode Alert}.
 *
 * @example
 * ```ts
 * import { isAlert } from "@prefactor/http";
 *
 * console.log(isAlert({ id: "al-1", payload: { spent: 12 } })); // true
 * ```
 */
export function isAlert(value: unknown): value is Alert {
  return isObject(value) &&
    isAlertSummary(value) &&
    isAbsentOr(value["payload"], isObject) &&
    isAbsentOr(value["payload_sensitive_encoding"], isBoolean);
}

/** The response to `count`. */
export interface AlertCount {
  /** The number of alerts. */
  count: number;
}

/**
 * Returns whether a value is an {@linkcode AlertCount}.
 *
 * @example
 * ```ts
 * import { isAlertCount } from "@prefactor/http";
 *
 * console.log(isAlertCount({ count: 2 })); // true
 * ```
 */
export function isAlertCount(value: unknown): value is AlertCount {
  return isObject(value) &&
    isNumber(value["count"]);
}

/** The params of `raise`. Fields that are `undefined` or `null` are omitted. */
export interface RaiseAlertRequest extends IdempotentRequest {
  /** The ID of the agent instance. */
  agent_instance_id: string;
  /** The name of the alert's schema, as declared in the registration. */
  name: string;
  /** The severity. */
  severity: AlertSeverity;
  /** The payload. */
  payload: JsonObjectLike;
  /**
   * The time at which the alert was raised: a `Date` or an ISO 8601 date-time. Defaults to the platform's current time.
   */
  raised_at?: Date | string | null | undefined;
  /** Whether the payload contains wrapped sensitive values. */
  payload_sensitive_encoding?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode RaiseAlertRequest}.
 *
 * @example
 * ```ts
 * import { isRaiseAlertRequest } from "@prefactor/http";
 *
 * const request = {
 *   agent_instance_id: "i-1",
 *   name: "over_budget",
 *   severity: "warning",
 *   payload: { spent: 12 },
 * };
 * console.log(isRaiseAlertRequest(request)); // true
 * ```
 */
export function isRaiseAlertRequest(value: unknown): value is RaiseAlertRequest {
  return isPlainObject(value) &&
    isString(value["agent_instance_id"]) &&
    isString(value["name"]) &&
    isAlertSeverity(value["severity"]) &&
    isObject(value["payload"]) &&
    isAbsentOr(value["raised_at"], isTimestamp) &&
    isAbsentOr(value["payload_sensitive_encoding"], isBoolean) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `clear`. Fields that are `undefined` or `null` are omitted. */
export interface ClearAlertRequest extends IdempotentRequest {
  /** The ID of the agent instance. */
  agent_instance_id: string;
  /** The name of the alert's schema, as declared in the registration. */
  name: string;
  /** The payload. */
  payload?: JsonObjectLike | null | undefined;
  /** The severity. */
  severity?: AlertSeverity | null | undefined;
  /**
   * The time at which the alert was cleared: a `Date` or an ISO 8601 date-time. Defaults to the platform's current
   * time.
   */
  cleared_at?: Date | string | null | undefined;
  /** Whether the payload contains wrapped sensitive values. */
  payload_sensitive_encoding?: boolean | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode ClearAlertRequest}.
 *
 * @example
 * ```ts
 * import { isClearAlertRequest } from "@prefactor/http";
 *
 * console.log(isClearAlertRequest({ agent_instance_id: "i-1", name: "over_budget" })); // true
 * ```
 */
export function isClearAlertRequest(value: unknown): value is ClearAlertRequest {
  return isPlainObject(value) &&
    isString(value["agent_instance_id"]) &&
    isString(value["name"]) &&
    isAbsentOr(value["payload"], isObject) &&
    isAbsentOr(value["severity"], isAlertSeverity) &&
    isAbsentOr(value["cleared_at"], isTimestamp) &&
    isAbsentOr(value["payload_sensitive_encoding"], isBoolean) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `count`. Fields that are `undefined` or `null` are omitted. */
export interface CountAlertsRequest {
  /** The status. */
  status?: AlertStatus | null | undefined;
  /** The severity. */
  severity?: AlertSeverity | null | undefined;
}

/**
 * Returns whether a value is a {@linkcode CountAlertsRequest}.
 *
 * @example
 * ```ts
 * import { isCountAlertsRequest } from "@prefactor/http";
 *
 * console.log(isCountAlertsRequest({ status: "raised" })); // true
 * ```
 */
export function isCountAlertsRequest(value: unknown): value is CountAlertsRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["status"], isAlertStatus) &&
    isAbsentOr(value["severity"], isAlertSeverity);
}

/** The params of `list` and `listAll`. Fields that are `undefined` or `null` are omitted. */
export interface ListAlertsRequest extends PageParams, CountAlertsRequest {
  /** The ID of the agent instance. */
  agent_instance_id?: string | null | undefined;
  /** The ID of the agent. */
  agent_id?: string | null | undefined;
  /** The ID of the environment. */
  environment_id?: string | null | undefined;
  /** The name of the alerts' schema. */
  name?: string | null | undefined;
  /** The time range. It selects the alerts that were in the status `raised` at any time within it. */
  active_during?:
    | {
      /** The start of the range: a `Date` or an ISO 8601 date-time. */
      start_at?: Date | string | null | undefined;
      /** The end of the range: a `Date` or an ISO 8601 date-time. */
      finish_at?: Date | string | null | undefined;
    }
    | null
    | undefined;
}

/**
 * Returns whether a value is a {@linkcode ListAlertsRequest}.
 *
 * @example
 * ```ts
 * import { isListAlertsRequest } from "@prefactor/http";
 *
 * console.log(isListAlertsRequest({ status: "raised", active_during: { start_at: new Date() } })); // true
 * ```
 */
export function isListAlertsRequest(value: unknown): value is ListAlertsRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["agent_instance_id"], isString) &&
    isAbsentOr(value["agent_id"], isString) &&
    isAbsentOr(value["environment_id"], isString) &&
    isAbsentOr(value["name"], isString) &&
    isAbsentOr(value["active_during"], isTimeRange) &&
    isCountAlertsRequest(value) &&
    isPageParams(value);
}

function isTimeRange(value: unknown): value is NonNullable<ListAlertsRequest["active_during"]> {
  return isPlainObject(value) &&
    isAbsentOr(value["start_at"], isTimestamp) &&
    isAbsentOr(value["finish_at"], isTimestamp);
}
