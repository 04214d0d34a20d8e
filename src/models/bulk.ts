/**
 * Bulk requests, which execute many operations, and their responses.
 *
 * @module
 */

import {
  fail,
  hasValidDates,
  isArrayOf,
  isMapOf,
  isObject,
  isOneOf,
  isPlainObject,
  isString,
} from "../guards.ts";
import type { JsonValue } from "./common.ts";

/** One operation of a bulk request: its type, its key, and the fields of its body and path. */
export interface BulkItem {
  /** The type of the operation, such as `"agent_spans/create"`. */
  _type: string;
  /** The key of the operation and its output: 8 to 64 printable ASCII characters, unique within the request. */
  idempotency_key: string;
  /** The fields of the operation. */
  [field: string]: unknown;
}

/**
 * Returns whether a value is a {@linkcode BulkItem} that `execute` accepts. Apart from every `Date` being valid, it does
 * not check that JSON can hold the fields.
 *
 * @example
 * ```ts
 * import { isBulkItem } from "@prefactor/http";
 *
 * console.log(isBulkItem({ _type: "agent_spans/finish", idempotency_key: "finish-0001" })); // true
 * console.log(isBulkItem({ _type: "agent_spans/finish", idempotency_key: "1" })); // false: the key is too short
 * ```
 */
export function isBulkItem(value: unknown): value is BulkItem {
  return isPlainObject(value) &&
    isString(value["_type"]) &&
    isItemKey(value["idempotency_key"]) &&
    hasValidDates(value);
}

/** Checks for a key that an item can have. */
export function isItemKey(value: unknown): value is string {
  return isString(value) && (/^[ -~]{8,64}$/.test(value) || fail("8 to 64 printable ASCII characters"));
}

/** Operations to execute in order. */
export interface BulkRequest {
  /** The operations, at least one. */
  items: readonly BulkItem[];
}

/**
 * Returns whether a value is a {@linkcode BulkRequest} that `execute` accepts. It does not check that JSON can hold the
 * fields of the items.
 *
 * @example
 * ```ts
 * import { isBulkRequest } from "@prefactor/http";
 *
 * const item = { _type: "agent_spans/finish", idempotency_key: "finish-0001" };
 * console.log(isBulkRequest({ items: [item] })); // true
 * console.log(isBulkRequest({ items: [item, item] })); // false: both have the same key
 * ```
 */
export function isBulkRequest(value: unknown): value is BulkRequest {
  return isPlainObject(value) &&
    isArrayOf(value["items"], isBulkItem) &&
    (value["items"].length > 0 || fail("a non-empty array")) &&
    haveUniqueKeys(value["items"]);
}

function haveUniqueKeys(items: readonly BulkItem[]): boolean {
  const indices = new Map<string, number>();
  for (const [index, { idempotency_key: key }] of items.entries()) {
    const twin = indices.get(key);
    if (twin !== undefined) return fail(`different from that of items[${twin}]`);
    indices.set(key, index);
  }
  return true;
}

/** The result of one operation. Only its `status` is checked. */
export interface BulkOutput {
  /** Whether the operation succeeded. */
  status: "success" | "error";
  /** The resource after the operation, if it succeeded. */
  details?: JsonValue;
  /** The code of the error, such as `"not_found"`. */
  code?: JsonValue;
  /** The human-readable message of the error. */
  message?: JsonValue;
  /** The errors of individual fields. */
  errors?: JsonValue;
  /** Other fields of the output. */
  [field: string]: JsonValue | undefined;
}

/**
 * Returns whether a value is a {@linkcode BulkOutput}.
 *
 * @example
 * ```ts
 * import { isBulkOutput } from "@prefactor/http";
 *
 * console.log(isBulkOutput({ status: "error", code: "not_found", message: "No such span" })); // true
 * ```
 */
export function isBulkOutput(value: unknown): value is BulkOutput {
  return isObject(value) &&
    isOneOf(value["status"], OUTPUT_STATUSES);
}

const OUTPUT_STATUSES: readonly BulkOutput["status"][] = ["success", "error"];

/** The response to a bulk request. */
export interface BulkResponse {
  /** `"success"` if the request was processed, even if an operation in it failed. */
  status?: string;
  /** The output of each operation, by its key. Operations after the first failure have none. */
  outputs: { [idempotencyKey: string]: BulkOutput };
}

/**
 * Returns whether a value is a {@linkcode BulkResponse}.
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

/** The result of a bulk job. */
export interface BulkResult {
  /** The output of each item that was executed, by its key, in the order of the items. */
  outputs: Map<string, BulkOutput>;
  /** The items that the API rejected, each with its output. */
  failed: { item: BulkItem; output: BulkOutput }[];
  /** The items that have no output. A new job can execute them with the same keys. */
  unattempted: BulkItem[];
}
