/**
 * A call in flight, and how it is ended before its answer has come.
 *
 * @module
 */

import { DenseSet, type Entry } from "./dense_set.ts";

/** What a call is doing: waiting for its turn, or making an attempt. */
export interface Cancelable {
  /** Ends it at once; the promise that stands for it rejects with the reason. */
  cancel(reason: unknown): void;
}

/** The calls that a signal can end. They share one listener: a signal warns of a leak where it has many. */
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

/**
 * One call, from its first attempt to its answer. Whoever may end it early, its caller's signal or the closing
 * of the client, says so here, and the stage that the call is in hears of it.
 */
export class PendingCall {
  /** What the call is doing now. */
  stage: Cancelable | undefined;
  /** Whether the call was ended early. */
  aborted = false;
  /** Why it was. */
  reason: unknown;

  readonly #signalCalls: SignalCalls | undefined;
  readonly #entry: Entry<PendingCall> | undefined;
  #retrying: AbortController | undefined;

  /** Makes a call that its caller's signal can end. */
  constructor(callerSignal: AbortSignal | undefined) {
    if (!callerSignal) return;
    this.#signalCalls = callsOf.get(callerSignal) ?? new SignalCalls(callerSignal);
    callsOf.set(callerSignal, this.#signalCalls);
    this.#entry = this.#signalCalls.add(this);
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

  /** Leaves no listener on the caller's signal, once no other call needs it. */
  dispose(): void {
    if (this.#entry) this.#signalCalls!.delete(this.#entry);
  }
}
