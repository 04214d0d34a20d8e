/**
 * What the abort of a signal ends.
 *
 * @module
 */

import { DenseSet, type Entry } from "./dense_set.ts";

/** Something that a signal can end early. */
export interface Abortable {
  /** Ends it at once, with the reason of the signal. */
  abort(reason: unknown): void;
}

/** What one signal ends. All share a listener, because runtimes warn about signals with many. */
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

/** Lets a signal, which has not aborted yet, abort the target, and returns the function that ends this. */
export function abortOn(signal: AbortSignal, target: Abortable): () => void {
  const targets = targetsOf.get(signal) ?? new SignalTargets(signal);
  targetsOf.set(signal, targets);
  const entry = targets.add(target);
  return () => targets.delete(entry);
}
