/**
 * A call that has been made and has not settled yet.
 *
 * @module
 */

import { abortOn } from "./abort_signals.ts";
import type { PreparedRequest } from "./transport/request.ts";

/** A stage of a call that can be canceled: the wait for a slot, or an attempt. */
export interface Cancelable {
  /** Ends the stage immediately. Its promise rejects with the reason. */
  cancel(reason: unknown): void;
}

/** One call, from its start until it settles. The caller's signal, the total timeout and `close()` abort it. */
export class PendingCall {
  /** The request of the call. */
  readonly request: PreparedRequest;
  /** The stage that the call is in. */
  stage: Cancelable | undefined;
  /** The number of attempts that were sent. */
  attemptsSent = 0;
  /** The error of the last attempt. */
  lastError: unknown;
  /** Whether the call was aborted. */
  aborted = false;
  /** The reason of the abort. */
  reason: unknown;
  /** Whether the reason is an error from the client, not the reason of the caller's signal. */
  isOwnReason = false;

  /** Stops listening to the caller's signal. */
  readonly dispose: () => void;

  #controller: AbortController | undefined;

  /** Creates a call that the caller's signal aborts. */
  constructor(request: PreparedRequest, callerSignal: AbortSignal | undefined) {
    this.request = request;
    this.dispose = callerSignal ? abortOn(callerSignal, this) : () => {};
  }

  /** Whether an attempt was sent, so that the server may have processed the request. */
  get wasSent(): boolean {
    return this.attemptsSent > 0;
  }

  /** Aborts the call. Only the first abort has an effect. */
  abort(reason: unknown, isOwnReason = false): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.isOwnReason = isOwnReason;
    this.#controller?.abort(reason);
    this.stage?.cancel(reason);
  }

  /** Aborts the wait before a retry. It is created on first use, because few calls need it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.aborted) this.#controller.abort(this.reason);
    return this.#controller.signal;
  }
}
