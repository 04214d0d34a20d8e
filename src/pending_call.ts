/**
 * A call that has been made and has not settled yet.
 *
 * @module
 */

import { DenseSet, type Entry } from "./dense_set.ts";
import type { PreparedRequest } from "./transport/request.ts";

/** A stage of a call that can be ended early: the wait for a turn, or an attempt. */
export interface Cancelable {
  /** Ends the stage at once; its promise rejects with the reason. */
  cancel(reason: unknown): void;
}

/** The pending calls of one signal. They share a listener, because runtimes warn about signals with many. */
class SignalCalls {
  readonly #signal: AbortSignal;
  readonly #calls = new DenseSet<PendingCall>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(call: PendingCall): Entry<PendingCall> {
    if (this.#calls.size === 0) this.#signal.addEventListener("abort", this);
    return this.#calls.add(call);
  }

  delete(entry: Entry<PendingCall>): void {
    this.#calls.delete(entry);
    if (this.#calls.size === 0) this.#signal.removeEventListener("abort", this);
  }

  handleEvent(): void {
    for (const { value: call } of this.#calls.entries()) call.abort(this.#signal.reason);
  }
}

const callsOf = new WeakMap<AbortSignal, SignalCalls>();

/** One call from its first attempt until it settles. The caller's signal and `close()` end it through `abort`. */
export class PendingCall {
  /** The request of the call. */
  readonly request: PreparedRequest;
  /** The stage that the call is in. */
  stage: Cancelable | undefined;
  /** Whether an attempt was sent, so that the server may have carried out the request. */
  wasSent = false;
  /** The error of the last attempt. */
  lastError: unknown;
  /** Whether the call was aborted. */
  aborted = false;
  /** The reason of the abort. */
  reason: unknown;

  readonly #signalCalls: SignalCalls | undefined;
  readonly #entry: Entry<PendingCall> | undefined;
  #controller: AbortController | undefined;

  /** Creates a call that the caller's signal aborts. */
  constructor(request: PreparedRequest, callerSignal: AbortSignal | undefined) {
    this.request = request;
    if (!callerSignal) return;
    this.#signalCalls = callsOf.get(callerSignal) ?? new SignalCalls(callerSignal);
    callsOf.set(callerSignal, this.#signalCalls);
    this.#entry = this.#signalCalls.add(this);
  }

  /** Aborts the call; the first reason counts. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    this.stage?.cancel(reason);
  }

  /** A signal of the call's own for the waits between attempts, created on first use because few calls need one. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.aborted) this.#controller.abort(this.reason);
    return this.#controller.signal;
  }

  /** Stops listening to the caller's signal. */
  dispose(): void {
    if (this.#entry) this.#signalCalls!.delete(this.#entry);
  }
}
