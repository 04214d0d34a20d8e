/**
 * Many operations in one request, and what came of each.
 *
 * @module
 */

import { isArrayOf, isMapOf, isObject, isOneOf, isString } from "../guards.ts";
import type { JsonValue } from "./common.ts";

/** One operation of a bulk request, with the fields of its own body and path beside these. */
export interface BulkItem {
  /** The operation, such as `"agent_spans/create"`. */
  _type: string;
  /** The key of the operation, 8 to 64 characters, unique in the request; its output stands under it. */
  idempotency_key: string;
  /** Whatever else the operation takes. */
  [field: string]: unknown;
}

/**
 * Whether the value is a {@linkcode BulkItem}.
 *
 * @example
 * ```ts
 * import { isBulkItem } from "@prefactor/http";
 *
 * console.log(isBulkItem({ _type: "agent_spans/finish", idempotency_key: "finish-0001" })); // true
 * ```
 */
export function isBulkItem(value: unknown): value is BulkItem {
  return isObject(value) && isString(value["_type"]) && isString(value["idempotency_key"]);
}

/** Operations to carry out in order. */
export interface BulkRequest {
  /** The operations, at least one. */
  items: BulkItem[];
}

/**
 * Whether the value is a {@linkcode BulkRequest}.
 *
 * @example
 * ```ts
 * import { isBulkRequest } from "@prefactor/http";
 *
 * console.log(isBulkRequest({ items: [{ _type: "agent_spans/finish" }] })); // false: no key
 * ```
 */
export function isBulkRequest(value: unknown): value is BulkRequest {
  return isObject(value) && isArrayOf(value["items"], isBulkItem);
}

/** What came of one operation; only its `status` is checked. */
export interface BulkOutput {
  /** Whether it was carried out. */
  status: "success" | "error";
  /** The resource as it is after the operation, on success. */
  details?: JsonValue;
  /** What went wrong, for programs, such as `"not_found"`, on error. */
  code?: JsonValue;
  /** What went wrong, for people, on error. */
  message?: JsonValue;
  /** What is wrong with each field, on some errors. */
  errors?: JsonValue;
  /** Whatever else the API says of it. */
  [field: string]: JsonValue | undefined;
}

/**
 * Whether the value is a {@linkcode BulkOutput}.
 *
 * @example
 * ```ts
 * import { isBulkOutput } from "@prefactor/http";
 *
 * console.log(isBulkOutput({ status: "error", code: "not_found", message: "No such span" })); // true
 * ```
 */
export function isBulkOutput(value: unknown): value is BulkOutput {
  return isObject(value) && isOneOf(value["status"], OUTPUT_STATUSES);
}

const OUTPUT_STATUSES: readonly BulkOutput["status"][] = ["success", "error"];

/** What came of a bulk request. */
export interface BulkResponse {
  /** `"success"` where the request was processed, even if an operation in it failed. */
  status?: string;
  /** What came of each operation, by its key; those after the first that failed are absent. */
  outputs: { [idempotencyKey: string]: BulkOutput };
}

/**
 * Whether the value is a {@linkcode BulkResponse}.
 *
 * @example
 * ```ts
 * import { isBulkResponse } from "@prefactor/http";
 *
 * console.log(isBulkResponse({ status: "success", outputs: { "finish-0001": { status: "success" } } })); // true
 * ```
 */
export function isBulkResponse(value: unknown): value is BulkResponse {
  return isObject(value) &&
    (value["status"] === undefined || isString(value["status"])) &&
    isMapOf(value["outputs"], isBulkOutput);
}
