/**
 * The signal with which the platform stops an agent instance.
 *
 * @module
 */

import { isAbsentOr, isBoolean, isObject, isString } from "../guards.ts";

/** The signal of the platform to an agent instance. It is beside the `details` of a response. */
export interface Control {
  /** Whether the instance has to stop; only `true` counts. */
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
