/**
 * What the models of several endpoints share.
 *
 * @module
 */

import { fail, isLiteral, isObject, isOneOf } from "../guards.ts";

/** Any value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. A field that is `undefined` is left out when it is sent. */
export interface JsonObject {
  /** The value of each field. */
  [field: string]: JsonValue | undefined;
}

/** Stands below an object in the list of what is still to be looked at: its fields are done. */
const LEAVE = Symbol("leave");

/**
 * Whether the value is one that JSON can hold: no function, symbol, bigint, `NaN`, infinity, class instance
 * or cycle, at any depth. A field of an object may be `undefined`, as {@linkcode JsonObject} allows.
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
  const open = new Set<object>(); // the objects around the one looked at: to meet one again is a cycle
  const todo: unknown[] = [value];
  while (todo.length > 0) {
    const next = todo.pop();
    if (typeof next !== "object" || next === null) {
      if (next === null || typeof next === "string" || typeof next === "boolean") continue;
      if (typeof next === "number" && Number.isFinite(next)) continue;
      return fail("a JSON value");
    }
    if (open.delete(next)) {
      if (todo.pop() === LEAVE) continue;
      return fail("a JSON value without a cycle");
    }
    const prototype = Object.getPrototypeOf(next);
    if (!Array.isArray(next) && prototype !== Object.prototype && prototype !== null) {
      return fail("a JSON value");
    }
    open.add(next);
    todo.push(LEAVE, next);
    for (const field of Array.isArray(next) ? next : Object.values(next)) {
      if (field !== undefined || Array.isArray(next)) todo.push(field);
    }
  }
  return true;
}

/**
 * Whether the value is a JSON object, checked at every depth as {@linkcode isJsonValue} does.
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

/** Every status that an agent instance or a span can have, in the order of its life. */
export const AGENT_STATUSES = ["pending", "active", "complete", "failed", "cancelled", "terminated"] as const;

/** The status of an agent instance or a span. */
export type AgentStatus = typeof AGENT_STATUSES[number];

/**
 * Whether the value is a status that this version knows.
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

/** Every status that a finish can ask for. */
export const FINISH_STATUSES = ["complete", "failed", "cancelled"] as const;

/** The status that a finish asks for. */
export type FinishStatus = typeof FINISH_STATUSES[number];

/**
 * Whether the value is a status that a finish can ask for.
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

/** What the API answers with when an operation on one resource succeeded. */
export interface ApiResponse<T> {
  /** Always `"success"`. */
  status: "success";
  /** The resource as it is after the operation. */
  details: T;
}

/**
 * Whether the value is a successful answer, and its details pass their own guard where one is given.
 *
 * @example
 * ```ts
 * import { isAgentSpan, isApiResponse } from "@prefactor/http";
 *
 * const answer: unknown = { status: "success", details: { id: "…" } };
 * console.log(isApiResponse(answer), isApiResponse(answer, isAgentSpan)); // true false
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
