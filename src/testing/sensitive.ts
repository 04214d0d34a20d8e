/**
 * Removes sensitive values from payloads.
 *
 * @module
 */

import { isObject, isString } from "../guards.ts";
import type { JsonObject } from "../models/common.ts";

/** Returns a copy of the payload in which the `value` of each wrapper `{ $sensitive, value, labels? }` is `null`. */
export function withoutSensitive(payload: JsonObject): JsonObject {
  return wipe(payload) as JsonObject;
}

function wipe(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wipe);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, "$sensitive") && isString(value["$sensitive"])) return { ...value, value: null };
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, wipe(inner)]));
}
