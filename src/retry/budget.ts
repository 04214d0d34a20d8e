/**
 * The limit on the retries of a client.
 *
 * @module
 */

/**
 * Limits the retries of a client. Calls that succeed refill the budget, so that the load on an API that is down is not
 * multiplied by retries.
 */
export class RetryBudget {
  readonly #size: number;
  #left: number;

  /** Creates a full budget. `null` means no limit. */
  constructor(size: number | null) {
    this.#size = this.#left = size ?? Infinity;
  }

  /** Takes one retry and returns true, or returns false if none is left. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Returns the retries of a call that has succeeded, and one more. */
  giveBack(retries: number): void {
    this.#left = Math.min(this.#size, this.#left + retries + 1);
  }

  /** Returns a retry that was not sent. */
  giveBackUnsent(): void {
    this.#left = Math.min(this.#size, this.#left + 1);
  }
}
