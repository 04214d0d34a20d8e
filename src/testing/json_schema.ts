/**
 * The default validator for payloads.
 *
 * @module
 */

import { isObject } from "../guards.ts";
import type { JsonObject } from "../models/common.ts";

/**
 * Checks a payload against a JSON Schema and returns a sentence for each mismatch.
 *
 * It checks `type`, `required`, `properties`, `enum` and `items` at every depth, and ignores the rest of the schema.
 */
export function checkJsonSchema(payload: unknown, schema: JsonObject): string[] {
  const mismatches: string[] = [];
  check(payload, schema, "", mismatches);
  return mismatches;
}

function check(value: unknown, schema: unknown, path: string, mismatches: string[]): void {
  if (!isObject(schema)) return;
  const { type, required, properties, items } = schema;
  const allowed = schema["enum"];
  const name = path === "" ? "It" : path;

  const types = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === "string");
  if (types.length > 0 && !types.some((one) => hasType(value, one))) {
    mismatches.push(`${name} must be of type ${types.join(" or ")}`);
    return;
  }
  if (Array.isArray(allowed) && !allowed.some((one) => isSame(one, value))) {
    mismatches.push(`${name} must be one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`);
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => check(item, items, `${path}[${index}]`, mismatches));
  } else if (isObject(value)) {
    for (const field of Array.isArray(required) ? required : []) {
      if (!Object.hasOwn(value, field)) mismatches.push(`${join(path, field)} is required`);
    }
    for (const [field, part] of Object.entries(isObject(properties) ? properties : {})) {
      if (Object.hasOwn(value, field)) check(value[field], part, join(path, field), mismatches);
    }
  }
}

function join(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "string":
    case "number":
    case "boolean": {
      const actual = typeof value;
      return actual === type;
    }
    default:
      return true;
  }
}

/** Returns whether two JSON values are equal, regardless of the order of fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const fields = Object.keys(a);
  return fields.length === Object.keys(b).length &&
    fields.every((field) => Object.hasOwn(b, field) && isSame(a[field], b[field]));
}
