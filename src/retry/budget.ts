/**
 * The limit on the retries of a client.
 *
 * @module
 */

/**
 * Counts the retries that a client may make beyond the calls that succeed, so that an API that is down does not get a
 * multiple of the usual load.
 */
export class RetryBudget {
  readonly #size: number;
  #left: number;

  /** Creates a full budget; `null` has no limit. */
  constructor(size: number | null) {
    this.#size = this.#left = size ?? Infinity;
  }

  /** Takes one retry, if there is one left. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Gives back the retries of a call that has succeeded, and one more. */
  giveBack(retries: number): void {
    this.#left = Math.min(this.#size, this.#left + retries + 1);
  }

  /** Gives back a retry that was not sent. */
  giveBackUnsent(): void {
    this.#left = Math.min(this.#size, this.#left + 1);
  }
}
