/**
 * Checks arguments and reports invalid ones with uniform messages.
 *
 * @module
 */

import { PrefactorClientError } from "./errors/errors.ts";
import { findIssue, formatValue } from "./guards.ts";

/** Removes the token from a value. Without `redact`, values are left unchanged. */
export interface ValueRedactor {
  redact?(value: unknown): unknown;
}

/** Checks the arguments of one action. A failed check throws a `PrefactorClientError` that names the argument. */
export class ArgumentChecker {
  readonly #action: string;
  readonly #redactor: ValueRedactor;

  /**
   * Creates a checker.
   *
   * @param action The action that messages name, such as `send the request`.
   * @param redactor Removes the token from names and values before they appear in a message.
   */
  constructor(action: string, redactor: ValueRedactor = {}) {
    this.#action = action;
    this.#redactor = redactor;
  }

  /** Throws unconditionally. */
  fail(name: string, expected: string, value: unknown): never {
    const shown = redact(this.#redactor, name);
    const actual = typeof value === "string" ? redact(this.#redactor, value) : value;
    throw argumentError(this.#action, String(shown), expected, actual);
  }

  /** Throws without showing the value, which may be a secret. */
  failSecretly(name: string, expected: string): never {
    throw new PrefactorClientError(`Cannot ${this.#action}: '${name}' must be ${expected}`);
  }

  /** Throws if `holds` is false. */
  check(name: string, holds: boolean, expected: string, value: unknown): void {
    if (!holds) this.fail(name, expected, value);
  }

  /** Throws if the guard rejects the value. The message names the first invalid field. */
  checkModel<T>(name: string, guard: (value: unknown) => value is T, value: unknown): asserts value is T {
    if (guard(value)) return;
    const issue = findIssue(guard, value) ?? { path: "", expected: "the same at each read", value };
    this.fail(issue.path || name, issue.expected, issue.value);
  }

  /** Throws unless the value is a positive, finite number of milliseconds. */
  checkDuration(name: string, value: unknown): void {
    const holds = typeof value === "number" && Number.isFinite(value) && value > 0;
    this.check(name, holds, "a finite number of ms > 0", value);
  }

  /** Throws unless the value is an integer of at least the minimum. */
  checkInteger(name: string, value: unknown, minimum: number): void {
    const holds = Number.isSafeInteger(value) && value as number >= minimum;
    this.check(name, holds, `an integer >= ${minimum}`, value);
  }
}

/** Creates the error for an invalid argument. */
export function argumentError(
  action: string,
  name: string,
  expected: string,
  value: unknown,
): PrefactorClientError {
  const actual = formatValue(value);
  return new PrefactorClientError(`Cannot ${action}: '${name}' must be ${expected}, but is ${actual}`);
}

/** Removes the token from a value. */
export function redact(redactor: ValueRedactor, value: unknown): unknown {
  return redactor.redact ? redactor.redact(value) : value;
}
