/**
 * The signal from the platform that tells an agent instance to stop.
 *
 * @module
 */

import { isAbsentOr, isBoolean, isObject, isString } from "../guards.ts";

/** The signal from the platform to an agent instance. A response carries it beside `details`. */
export interface Control {
  /** Whether the instance must stop. Only `true` has an effect. */
  terminate?: boolean | null;
  /** The reason that a person gave. */
  reason?: string | null;
}

/**
 * Returns whether a value is a {@linkcode Control}.
 *
 * @example
 * ```ts
 * import { isControl } from "@prefactor/http";
 *
 * console.log(isControl({ terminate: true, reason: "Over budget" })); // true
 * ```
 */
export function isControl(value: unknown): value is Control {
  return isObject(value) &&
    isAbsentOr(value["terminate"], isBoolean) &&
    isAbsentOr(value["reason"], isString);
}
