/**
 * Refuses wrong arguments, all in the same words.
 *
 * @module
 */

import { PrefactorClientError } from "./errors/errors.ts";
import type { Redactor } from "./redaction.ts";

/** ArgumentChecker the arguments of one action. Each check throws a `PrefactorClientError` that names the argument. */
export class ArgumentChecker {
  readonly #action: string;
  readonly #redactor: Redactor;

  /** Makes the checks of an action, such as `send the request`. */
  constructor(action: string, redactor: Redactor) {
    this.#action = action;
    this.#redactor = redactor;
  }

  /** Refuses a value, whatever it is. */
  refuse(name: string, expected: string, value: unknown): never {
    throw new PrefactorClientError(
      `Cannot ${this.#action}: '${this.#redactor.text(name)}' must be ${expected}, but is ${
        this.#redactor.formatValue(value)
      }`,
    );
  }

  /** Refuses a value of which the condition does not hold. */
  check(name: string, holds: boolean, expected: string, value: unknown): void {
    if (!holds) this.refuse(name, expected, value);
  }

  /** Refuses what is no duration. */
  duration(name: string, value: unknown): void {
    const holds = typeof value === "number" && Number.isFinite(value) && value > 0;
    this.check(name, holds, "a finite number of ms > 0", value);
  }

  /** Refuses what is no integer, or too small a one. */
  count(name: string, value: unknown, least: number): void {
    this.check(
      name,
      Number.isSafeInteger(value) && value as number >= least,
      `an integer >= ${least}`,
      value,
    );
  }
}
