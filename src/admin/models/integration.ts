/**
 * Integrations with other services, and the requests about them.
 *
 * @module
 */

import {
  isAbsentOr,
  isDateTime,
  isLiteral,
  isObject,
  isOneOf,
  isPlainObject,
  isString,
} from "../../guards.ts";
import {
  type IdempotentRequest,
  isJsonValue,
  type JsonObject,
  type JsonObjectLike,
  type JsonValue,
  type OpenEnum,
} from "../../models/common.ts";

/** An integration with another service. Timestamps are ISO 8601 date-times. */
export interface Integration {
  /** The ID of the integration. */
  id: string;
  /** `"account_integration"`. */
  type?: string | null;
  /** The ID of the account. */
  account_id?: string | null;
  /** The service. */
  integration_type?: OpenEnum<"slack"> | null;
  /** The status. */
  status?: OpenEnum<"active" | "paused"> | null;
  /** The configuration, without secrets such as the URL of a webhook. */
  config?: JsonObject | null;
  /** The time of creation. */
  inserted_at?: string | null;
  /** The time of the last update. */
  updated_at?: string | null;
}

/**
 * Returns whether a value is an {@linkcode Integration}.
 *
 * @example
 * ```ts
 * import { isIntegration } from "@prefactor/http/admin";
 *
 * console.log(isIntegration({ id: "ig-1", integration_type: "slack", status: "active" })); // true
 * ```
 */
export function isIntegration(value: unknown): value is Integration {
  return isObject(value) &&
    isString(value["id"]) &&
    isAbsentOr(value["type"], isString) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["integration_type"], isString) &&
    isAbsentOr(value["status"], isString) &&
    isAbsentOr(value["config"], isObject) &&
    isAbsentOr(value["inserted_at"], isDateTime) &&
    isAbsentOr(value["updated_at"], isDateTime);
}

/** The response to `test`. */
export interface IntegrationTest {
  /** Whether the test message was delivered. */
  delivered: JsonValue;
}

/**
 * Returns whether a value is an {@linkcode IntegrationTest}.
 *
 * @example
 * ```ts
 * import { isIntegrationTest } from "@prefactor/http/admin";
 *
 * console.log(isIntegrationTest({ delivered: true })); // true
 * ```
 */
export function isIntegrationTest(value: unknown): value is IntegrationTest {
  return isObject(value) &&
    isJsonValue(value["delivered"]);
}

/** The params of `create`. Fields that are `undefined` or `null` are omitted. */
export interface CreateIntegrationRequest extends IdempotentRequest {
  /** The service. */
  integration_type: "slack";
  /** The status. */
  status?: "active" | "paused" | null | undefined;
  /** The configuration, such as `{ _version: 1, webhook_url: "…", enabled_events: [] }`. */
  config: JsonObjectLike;
}

/**
 * Returns whether a value is a {@linkcode CreateIntegrationRequest}.
 *
 * @example
 * ```ts
 * import { isCreateIntegrationRequest } from "@prefactor/http/admin";
 *
 * const config = { _version: 1, webhook_url: "https://example.com/hook", enabled_events: [] };
 * console.log(isCreateIntegrationRequest({ integration_type: "slack", config })); // true
 * ```
 */
export function isCreateIntegrationRequest(value: unknown): value is CreateIntegrationRequest {
  return isPlainObject(value) &&
    isLiteral(value["integration_type"], "slack") &&
    isAbsentOr(value["status"], isStatus) &&
    isObject(value["config"]) &&
    isAbsentOr(value["idempotency_key"], isString);
}

/** The params of `update`. Fields that are `undefined` or `null` are omitted. */
export interface UpdateIntegrationRequest {
  /** The status. */
  status?: "active" | "paused" | null | undefined;
  /** The configuration. */
  config?: JsonObjectLike | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode UpdateIntegrationRequest}.
 *
 * @example
 * ```ts
 * import { isUpdateIntegrationRequest } from "@prefactor/http/admin";
 *
 * console.log(isUpdateIntegrationRequest({ status: "paused" })); // true
 * ```
 */
export function isUpdateIntegrationRequest(value: unknown): value is UpdateIntegrationRequest {
  return isPlainObject(value) &&
    isAbsentOr(value["status"], isStatus) &&
    isAbsentOr(value["config"], isObject);
}

function isStatus(value: unknown): value is "active" | "paused" {
  return isOneOf(value, ["active", "paused"]);
}
