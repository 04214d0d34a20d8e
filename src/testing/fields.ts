/**
 * Checks of the fields of a request.
 *
 * @module
 */

import { fail, findIssue, formatValue, isString } from "../guards.ts";
import { fieldError, type FieldErrors } from "./replies.ts";

/** The fields of a query, of a body, or of its `details`. */
export type Fields = Readonly<Record<string, unknown>>;

/** A check of a field. */
export interface FieldRule {
  /** The guard of a value that is neither absent nor `null`. */
  readonly is: (value: unknown) => boolean;
  /** Whether the field must be there. */
  readonly isRequired: boolean;
}

/** The rules of an operation's fields, by name. Other fields are ignored. */
export interface FieldRules {
  readonly [field: string]: FieldRule;
}

/** Creates the rule of a field that must be there. */
export function required(is: FieldRule["is"]): FieldRule {
  return { is, isRequired: true };
}

/** Creates the rule of a field that may be absent or `null`. */
export function optional(is: FieldRule["is"]): FieldRule {
  return { is, isRequired: false };
}

/** Checks whether the value is a non-empty string. */
export function isFilled(value: unknown): value is string {
  return isString(value) && (value !== "" || fail("a non-empty string"));
}

/**
 * Finds the errors of the fields; `undefined` if there are none.
 *
 * An update may leave out a required field, which keeps its value, but may not set it to `null`.
 */
export function findFieldErrors(
  rules: FieldRules,
  fields: Fields,
  isUpdate = false,
): FieldErrors | undefined {
  const errors: FieldErrors = {};
  for (const [field, { is, isRequired }] of Object.entries(rules)) {
    const value = fields[field];
    if (value === undefined || value === null) {
      if (isRequired && !(isUpdate && value === undefined)) {
        errors[field] = fieldError("required", `${field} is required`);
      }
    } else if (!is(value)) {
      const issue = findIssue(is, value);
      const path = [field, ...(issue?.path.match(/[^.[\]]+/g) ?? [])];
      nest(errors, path, describe(issue?.expected, issue?.value));
    }
  }
  return Object.keys(errors).length > 0 ? errors : undefined;
}

function describe(expected: string | undefined, value: unknown) {
  return value === undefined || value === null
    ? fieldError("required", "The field is required")
    : fieldError("invalid", `The field must be ${expected}, but is ${formatValue(value)}`);
}

function nest(errors: FieldErrors, path: string[], error: FieldErrors[string]): void {
  let parent = errors;
  for (const field of path.slice(0, -1)) parent = (parent[field] ??= {}) as FieldErrors;
  parent[path.at(-1)!] = error;
}
