/**
 * What the sandbox answers with, and the checks of what it was sent.
 *
 * @module
 */

import { fail, findIssue, formatValue, isString } from "../guards.ts";

/** An answer before it is written. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** The fields of the body. */
  readonly content: Record<string, unknown>;
}

/** What is wrong with a field. */
export interface FieldError {
  /** Always `"error"`. */
  status: "error";
  /** What is wrong, for programs. */
  code: string;
  /** What is wrong, for people. */
  message: string;
}

/** What is wrong with each field, nested as the body is. */
export interface FieldErrors {
  /** What is wrong with the field, or with those in it. */
  [field: string]: FieldError | FieldErrors;
}

/** Ends an operation that changed nothing; it becomes the answer. */
export class Refusal extends Error {
  readonly #status: number;
  readonly #code: string;
  readonly #errors: FieldErrors | undefined;

  /** Takes the status and the fields of the answer. */
  constructor(status: number, code: string, message: string, errors?: FieldErrors) {
    super(message);
    this.#status = status;
    this.#code = code;
    this.#errors = errors;
  }

  /** The answer that tells of the refusal. */
  get answer(): Answer {
    const content = { status: "error", code: this.#code, message: this.message };
    return { status: this.#status, content: this.#errors ? { ...content, errors: this.#errors } : content };
  }
}

/** The refusal of a body whose fields are wrong. */
export function invalidFields(errors: FieldErrors): Refusal {
  return new Refusal(422, "validation_errors", "The request has invalid fields", errors);
}

/** What is wrong with one field. */
export function fieldError(code: string, message: string): FieldError {
  return { status: "error", code, message };
}

/** What an operation takes: the guard of each field, and whether the field has to be there. */
export interface Fields {
  /** The rule of one field. */
  readonly [field: string]: { readonly is: (value: unknown) => boolean; readonly required?: boolean };
}

/** Finds what is wrong with the fields of a body; `undefined` where nothing is. */
export function findFieldErrors(fields: Fields, body: Record<string, unknown>): FieldErrors | undefined {
  const errors: FieldErrors = {};
  for (const [field, { is, required }] of Object.entries(fields)) {
    const value = body[field];
    if (value === undefined || value === null) {
      if (required) errors[field] = fieldError("required", `${field} is required`);
    } else if (!is(value)) {
      const fault = findIssue(is, value);
      nest(
        errors,
        [field, ...(fault?.path.match(/[^.[\]]+/g) ?? [])],
        describe(fault?.expected, fault?.value),
      );
    }
  }
  return Object.keys(errors).length > 0 ? errors : undefined;
}

function describe(expected: string | undefined, value: unknown): FieldError {
  return value === undefined || value === null
    ? fieldError("required", "The field is required")
    : fieldError("invalid", `The field must be ${expected}: current value is ${formatValue(value)}`);
}

function nest(errors: FieldErrors, path: string[], error: FieldError): void {
  let place = errors;
  for (const field of path.slice(0, -1)) place = (place[field] ??= {}) as FieldErrors;
  place[path.at(-1)!] = error;
}

/** Whether the value is a string with something in it. */
export function isFilled(value: unknown): value is string {
  return isString(value) && (value !== "" || fail("a string that is not empty"));
}
