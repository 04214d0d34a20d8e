/**
 * Types and guards that several models share.
 *
 * @module
 */

import { fail, isAbsentOr, isLiteral, isObject, isOneOf, isPlainObject, isString } from "../guards.ts";

/** Any value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. Fields that are `undefined` are omitted when it is sent. */
export interface JsonObject {
  /** The value of each field. */
  [field: string]: JsonValue | undefined;
}

/**
 * An object that is sent as a JSON object: a value of any interface or class, a `Record` or an object literal. The
 * compiler rejects arrays, functions and built-in objects such as dates, maps and promises. The value is serialized
 * with `JSON.stringify`; a cycle or a bigint at any depth causes a `PrefactorClientError`.
 */
export type JsonObjectLike =
  | Readonly<Record<string, unknown>>
  | object & {
    readonly [Symbol.iterator]?: never;
    readonly [Symbol.hasInstance]?: never;
    readonly [Symbol.toPrimitive]?: never;
    readonly [Symbol.toStringTag]?: never;
  };

/** An enum value in a response: one that this version knows, or any other string that the API may have added since. */
export type OpenEnum<T extends string> = T | (string & Record<never, never>);

/** A resource in a list. All fields except `id` may be absent or `null`. */
export type SummaryOf<T> =
  & { id: string; type?: string | null }
  & {
    [Field in Exclude<keyof T, "id" | "type">]?: T[Field] | null;
  };

/** Marks, in the stack of values to check, that all fields of the object below it have been checked. */
const LEAVE: unknown = {};

/**
 * Returns whether JSON can hold a value: it has no function, symbol, bigint, `NaN`, infinity, class instance or cycle
 * at any depth. A field of an object may be `undefined`, as {@linkcode JsonObject} allows.
 *
 * @example
 * ```ts
 * import { isJsonValue } from "@prefactor/http";
 *
 * console.log(isJsonValue({ tags: ["a", null, 1] })); // true
 * console.log(isJsonValue({ at: new Date() })); // false
 * ```
 */
export function isJsonValue(value: unknown): value is JsonValue {
  const parents = new Set<object>(); // the objects that contain the current value, to detect cycles
  const todo: unknown[] = [value];
  while (todo.length > 0) {
    const next = todo.pop();
    if (typeof next !== "object" || next === null) {
      if (next === null || typeof next === "string" || typeof next === "boolean") continue;
      if (typeof next === "number" && Number.isFinite(next)) continue;
      return fail("a JSON value");
    }
    if (parents.delete(next)) {
      if (todo.pop() === LEAVE) continue;
      return fail("a JSON value without a cycle");
    }
    const prototype = Object.getPrototypeOf(next);
    if (!Array.isArray(next) && prototype !== Object.prototype && prototype !== null) {
      return fail("a JSON value");
    }
    parents.add(next);
    todo.push(LEAVE, next);
    for (const field of Array.isArray(next) ? next : Object.values(next)) {
      if (field !== undefined || Array.isArray(next)) todo.push(field);
    }
  }
  return true;
}

/**
 * Returns whether a value is a JSON object, checked at every depth like {@linkcode isJsonValue}.
 *
 * @example
 * ```ts
 * import { isJsonObject } from "@prefactor/http";
 *
 * console.log(isJsonObject({ model: "small" }), isJsonObject([])); // true false
 * ```
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value) && isJsonValue(value);
}

/** All statuses of agent instances and spans, in the order of the lifecycle. */
export const AGENT_STATUSES = ["pending", "active", "complete", "failed", "cancelled", "terminated"] as const;

/** The status of an agent instance or a span. */
export type AgentStatus = typeof AGENT_STATUSES[number];

/**
 * Returns whether a value is a status that this version knows.
 *
 * @example
 * ```ts
 * import { isAgentStatus } from "@prefactor/http";
 *
 * console.log(isAgentStatus("active"), isAgentStatus("paused")); // true false
 * ```
 */
export function isAgentStatus(value: unknown): value is AgentStatus {
  return isOneOf(value, AGENT_STATUSES);
}

/** All statuses that an agent instance or a span can be finished with. */
export const FINISH_STATUSES = ["complete", "failed", "cancelled"] as const;

/** A status that an agent instance or a span can be finished with. */
export type FinishStatus = typeof FINISH_STATUSES[number];

/**
 * Returns whether a value is a status that an agent instance or a span can be finished with.
 *
 * @example
 * ```ts
 * import { isFinishStatus } from "@prefactor/http";
 *
 * console.log(isFinishStatus("failed"), isFinishStatus("active")); // true false
 * ```
 */
export function isFinishStatus(value: unknown): value is FinishStatus {
  return isOneOf(value, FINISH_STATUSES);
}

/** A request with an idempotency key, which makes it safe to send again. */
export interface IdempotentRequest {
  /** The idempotency key, 1 to 64 printable ASCII characters. Defaults to a generated key. */
  idempotency_key?: string | null | undefined;
}

/**
 * Returns whether a value is an {@linkcode IdempotentRequest}.
 *
 * @example
 * ```ts
 * import { isIdempotentRequest } from "@prefactor/http";
 *
 * console.log(isIdempotentRequest({ idempotency_key: "retire-0001" })); // true
 * ```
 */
export function isIdempotentRequest(value: unknown): value is IdempotentRequest {
  return isPlainObject(value) && isAbsentOr(value["idempotency_key"], isString);
}

/** The response to a successful operation on one resource. */
export interface ApiResponse<T> {
  /** Always `"success"`. */
  status: "success";
  /** The resource after the operation. */
  details: T;
}

/**
 * Returns whether a value is the response to a successful operation.
 *
 * @param value The value to check.
 * @param isDetails The guard for the details. Defaults to a guard that accepts any object.
 *
 * @example
 * ```ts
 * import { isAgentSpan, isApiResponse } from "@prefactor/http";
 *
 * const response: unknown = { status: "success", details: { id: "…" } };
 * console.log(isApiResponse(response), isApiResponse(response, isAgentSpan)); // true false
 * ```
 */
export function isApiResponse<T = JsonObject>(
  value: unknown,
  isDetails?: (value: unknown) => value is T,
): value is ApiResponse<T> {
  return isObject(value) &&
    isLiteral(value["status"], "success") &&
    (isDetails ?? isObject)(value["details"]);
}
