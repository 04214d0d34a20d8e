/**
 * A call in flight, and how it is ended before its answer has come.
 *
 * @module
 */

/**
 * One call, from its first attempt to its answer. Whoever may end it early says so here, and the stage that
 * the call is in (the line before the limit, an attempt, the wait for the next) hears of it.
 */
export class Call {
  /** Ends the stage that the call is in. */
  cancelStage: ((reason: unknown) => void) | undefined;
  /** Whether the call was ended early. */
  aborted = false;
  /** Why it was. */
  reason: unknown;

  readonly #signal: AbortSignal | undefined;
  #retrying: AbortController | undefined;

  /** Makes a call that its caller's signal can end. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener("abort", this);
  }

  /** Ends the call early. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#retrying?.abort(reason);
    this.cancelStage?.(reason);
  }

  /** A signal of the call's own, for the waits between attempts; made once a call has failed, not for each. */
  get signal(): AbortSignal {
    this.#retrying ??= new AbortController();
    if (this.aborted) this.#retrying.abort(this.reason);
    return this.#retrying.signal;
  }

  /** Hears the caller's signal. */
  handleEvent(): void {
    this.abort(this.#signal?.reason);
  }

  /** Leaves no listener on the caller's signal. */
  dispose(): void {
    this.#signal?.removeEventListener("abort", this);
  }
}
