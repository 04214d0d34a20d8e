/**
 * Checks the fields of a request.
 *
 * @module
 */

import { fail, findIssue, formatValue, isString } from "../guards.ts";
import { fieldError, type FieldErrors } from "./replies.ts";

/** The fields of a query, of a body, or of its `details`. */
export type Fields = Readonly<Record<string, unknown>>;

/** A check of a field. */
export interface FieldRule {
  /** The guard for a value that is neither absent nor `null`. */
  readonly is: (value: unknown) => boolean;
  /** Whether the field is required. */
  readonly isRequired: boolean;
}

/** The rules of an operation's fields, by name. Other fields are ignored. */
export interface FieldRules {
  readonly [field: string]: FieldRule;
}

/** Creates the rule for a required field. */
export function required(is: FieldRule["is"]): FieldRule {
  return { is, isRequired: true };
}

/** Creates the rule for a field that may be absent or `null`. */
export function optional(is: FieldRule["is"]): FieldRule {
  return { is, isRequired: false };
}

/** Returns the value of a key if the object itself has it. */
export function own<T>(map: { readonly [key: string]: T } | null | undefined, key: string): T | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Checks whether the value is a non-empty string. */
export function isFilled(value: unknown): value is string {
  return isString(value) && (value !== "" || fail("a non-empty string"));
}

/** Checks whether the value is a boolean in a query. */
export function isFlag(value: unknown): boolean {
  return value === "true" || value === "false" || fail('"true" or "false"');
}

/**
 * Returns the errors of the fields, or `undefined` if there are none.
 *
 * An update may omit a required field, which then keeps its value, but must not set it to `null`.
 */
export function findFieldErrors(
  rules: FieldRules,
  fields: Fields,
  isUpdate = false,
): FieldErrors | undefined {
  const errors: [string, FieldErrors[string]][] = [];
  for (const [field, { is, isRequired }] of Object.entries(rules)) {
    const value = fields[field];
    if (value === undefined || value === null) {
      const isMissing = isRequired && !(isUpdate && value === undefined);
      if (isMissing) errors.push([field, fieldError("required", `${field} is required`)]);
    } else if (!is(value)) {
      errors.push([field, describeIssue(is, value)]);
    }
  }
  return errors.length > 0 ? Object.fromEntries(errors) : undefined;
}

/**
 * Describes why a guard rejected a value, nested like the value. A computed key such as `__proto__` sets no prototype.
 */
function describeIssue(is: FieldRule["is"], value: unknown): FieldErrors[string] {
  const issue = findIssue(is, value);
  const error = issue?.value === undefined || issue.value === null
    ? fieldError("required", "The field is required")
    : fieldError("invalid", `The field must be ${issue.expected}, but is ${formatValue(issue.value)}`);
  return splitPath(issue?.path ?? "", value)
    .reduceRight<FieldErrors[string]>((inner, key) => ({ [key]: inner }), error);
}

/**
 * Splits the path of an issue, such as `types[0].name`. A key can contain dots, so the value determines where each key
 * ends.
 */
function splitPath(path: string, value: unknown): string[] {
  if (path === "") return [];
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  for (const [key, field] of fields) {
    const text = Array.isArray(value) ? `[${key}]` : key;
    const rest = path.slice(text.length);
    if (path.startsWith(text) && /^(?:$|[.[])/.test(rest)) {
      return [key, ...splitPath(rest.replace(/^\./, ""), field)];
    }
  }
  return [path];
}
