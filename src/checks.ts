/**
 * Refuses wrong arguments, all in the same words.
 *
 * @module
 */

import { PrefactorClientError } from "./errors.ts";
import type { Redactor } from "./redaction.ts";

/** Checks the arguments of one action. Each check throws a `PrefactorClientError` that names the argument. */
export class Checks {
  readonly #action: string;
  readonly #redactor: Redactor;

  /** Makes the checks of an action, such as `send the request`. */
  constructor(action: string, redactor: Redactor) {
    this.#action = action;
    this.#redactor = redactor;
  }

  /** Refuses a value, whatever it is. */
  refuse(name: string, wanted: string, value: unknown): never {
    throw new PrefactorClientError(
      `Cannot ${this.#action}: '${this.#redactor.text(name)}' must be ${wanted}, but is ${
        this.#redactor.show(value)
      }`,
    );
  }

  /** Refuses a value of which the condition does not hold. */
  that(name: string, holds: boolean, wanted: string, value: unknown): void {
    if (!holds) this.refuse(name, wanted, value);
  }

  /** Refuses what is no duration. */
  duration(name: string, value: unknown): void {
    const holds = typeof value === "number" && Number.isFinite(value) && value > 0;
    this.that(name, holds, "a finite number of ms > 0", value);
  }

  /** Refuses what is no integer, or too small a one. */
  count(name: string, value: unknown, least: number): void {
    this.that(name, Number.isSafeInteger(value) && value as number >= least, `an integer >= ${least}`, value);
  }
}
