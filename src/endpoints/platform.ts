/**
 * The operations that belong to no resource.
 *
 * @module
 */

import { isAbsentOr, isArrayOf, isObject, isPlainObject, isSafeInteger, isString } from "../guards.ts";
import type { IdempotentRequest, JsonObject } from "../models/common.ts";
import { asQuery, empty, flat, isNoParams, type Operation } from "./operation.ts";

/** Checks that the token is valid. */
export const PING: Operation<Record<never, never>, void> = {
  action: "ping the API",
  method: "GET",
  path: "/api/v1/ping",
  isParams: isNoParams,
  encode: asQuery,
  decode: empty,
};

/** The params of {@linkcode GENERATE_PFIDS}. */
export interface GeneratePfidsRequest extends IdempotentRequest {
  /** The number of IDs. */
  count: number;
  /** The account of the IDs. Defaults to the token's account. */
  account_id?: string | null | undefined;
}

/** Generates PFIDs on the platform. */
export const GENERATE_PFIDS: Operation<GeneratePfidsRequest, string[]> = {
  action: "generate the PFIDs",
  method: "POST",
  path: "/api/v1/pfid/generate",
  isParams: (value): value is GeneratePfidsRequest =>
    isPlainObject(value) &&
    isSafeInteger(value["count"]) &&
    isAbsentOr(value["account_id"], isString) &&
    isAbsentOr(value["idempotency_key"], isString),
  encode: flat,
  decode: {
    isBody: (value) => isObject(value) && isArrayOf(holderOf(value)["pfids"], isString),
    result: (body) => holderOf(body)["pfids"] as string[],
  },
};

/** Sources differ on whether the IDs are at the top level or in `details`. */
function holderOf(body: JsonObject | Record<string, unknown>): Record<string, unknown> {
  return body["pfids"] === undefined && isObject(body["details"]) ? body["details"] : body;
}
