/**
 * The limit on concurrent requests.
 *
 * @module
 */

import type { Cancelable } from "../pending_call.ts";

/** A place in the queue of a {@linkcode Semaphore}. */
export interface Ticket extends Cancelable {
  /** Resolves when a slot is assigned; rejects with the reason of `cancel`. */
  readonly ready: Promise<void>;
}

interface Waiter {
  /** Assigns the slot; `undefined` once the waiter has left the queue. */
  resolve: (() => void) | undefined;
  next: Waiter | undefined;
}

/** Limits concurrency. Waiters get slots in order, and each step takes constant time however long the queue is. */
export class Semaphore {
  #free: number;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  /** Creates a semaphore with that many slots. */
  constructor(slots: number) {
    this.#free = slots;
  }

  /** Takes a free slot, or returns a ticket to wait for one. Each slot must be given back with `release`. */
  acquire(): Ticket | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    const waiter: Waiter = { resolve: undefined, next: undefined };
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    let cancel!: Ticket["cancel"];
    const ready = new Promise<void>((resolve, reject) => {
      waiter.resolve = resolve;
      cancel = (reason) => {
        waiter.resolve = undefined;
        reject(reason);
      };
    });
    return { ready, cancel };
  }

  /** Gives a slot back, to the first waiter if there is one. */
  release(): void {
    while (this.#first) {
      const { resolve, next } = this.#first;
      this.#first.next = undefined; // otherwise an old waiter keeps all later ones alive
      this.#first = next;
      if (!next) this.#last = undefined;
      if (resolve) return resolve();
    }
    this.#free++;
  }
}
