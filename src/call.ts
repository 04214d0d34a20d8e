/**
 * A call in flight, and how it is ended before its answer has come.
 *
 * @module
 */

/** What a call is doing: waiting for its turn, or making an attempt. */
export interface Stage {
  /** Ends it at once; the promise that stands for it rejects with the reason. */
  cancel(reason: unknown): void;
}

/**
 * One call, from its first attempt to its answer. Whoever may end it early, its caller's signal or the closing
 * of the client, says so here, and the stage that the call is in hears of it.
 */
export class Call {
  /** What the call is doing now. */
  stage: Stage | undefined;
  /** Whether the call was ended early. */
  aborted = false;
  /** Why it was. */
  reason: unknown;

  readonly #callerSignal: AbortSignal | undefined;
  #retrying: AbortController | undefined;

  /** Makes a call that its caller's signal can end. */
  constructor(callerSignal: AbortSignal | undefined) {
    this.#callerSignal = callerSignal;
    callerSignal?.addEventListener("abort", this);
  }

  /** Ends the call early. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#retrying?.abort(reason);
    this.stage?.cancel(reason);
  }

  /** A signal of the call's own, for the waits between attempts; made for a call that has failed, not for each. */
  get signal(): AbortSignal {
    this.#retrying ??= new AbortController();
    if (this.aborted) this.#retrying.abort(this.reason);
    return this.#retrying.signal;
  }

  /** Hears the caller's signal. */
  handleEvent(): void {
    this.abort(this.#callerSignal?.reason);
  }

  /** Leaves no listener on the caller's signal. */
  dispose(): void {
    this.#callerSignal?.removeEventListener("abort", this);
  }
}
