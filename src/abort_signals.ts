/**
 * Aborts many targets with one listener on their signal.
 *
 * @module
 */

import { DenseSet, type Entry } from "./dense_set.ts";

/** Something that a signal can abort. */
export interface Abortable {
  /** Aborts it immediately, with the signal's reason. */
  abort(reason: unknown): void;
}

/** The targets of one signal. They share one listener, because runtimes warn about signals with many listeners. */
class SignalTargets {
  readonly #signal: AbortSignal;
  readonly #targets = new DenseSet<Abortable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(target: Abortable): Entry<Abortable> {
    if (this.#targets.size === 0) this.#signal.addEventListener("abort", this);
    return this.#targets.add(target);
  }

  delete(entry: Entry<Abortable>): void {
    this.#targets.delete(entry);
    if (this.#targets.size === 0) this.#signal.removeEventListener("abort", this);
  }

  handleEvent(): void {
    for (const { value: target } of this.#targets.entries()) target.abort(this.#signal.reason);
  }
}

const targetsOf = new WeakMap<AbortSignal, SignalTargets>();

/**
 * Aborts the target when the signal aborts. The signal must not have aborted yet. Returns a function that undoes this.
 */
export function abortOn(signal: AbortSignal, target: Abortable): () => void {
  const targets = targetsOf.get(signal) ?? new SignalTargets(signal);
  targetsOf.set(signal, targets);
  const entry = targets.add(target);
  return () => targets.delete(entry);
}
