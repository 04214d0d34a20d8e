/**
 * The limit on requests in flight.
 *
 * @module
 */

/** A place in the line before the limit. */
export interface Turn {
  /** Resolves when it is the caller's turn; rejects with the reason of `cancel`. */
  readonly ready: Promise<void>;
  /** Leaves the line. */
  cancel(reason: unknown): void;
}

interface Waiter {
  go: (() => void) | undefined; // undefined: left the line
  next: Waiter | undefined;
}

/** Lets so many pass at a time; the rest wait their turn in order. Every step costs the same, however long the line. */
export class Semaphore {
  #free: number;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  /** Makes the limit from the number that may pass at a time. */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** Takes a slot at once, or a place in the line; whoever had a slot must `leave`. */
  acquire(): Turn | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    const waiter: Waiter = { go: undefined, next: undefined };
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    let cancel!: Turn["cancel"];
    const ready = new Promise<void>((resolve, reject) => {
      waiter.go = resolve;
      cancel = (reason) => {
        waiter.go = undefined;
        reject(reason);
      };
    });
    return { ready, cancel };
  }

  /** Gives a slot back: to the first in the line who still waits. */
  release(): void {
    while (this.#first) {
      const { go, next } = this.#first;
      this.#first.next = undefined; // or an old waiter would keep all that came after it alive, gone or not
      this.#first = next;
      if (!next) this.#last = undefined;
      if (go) return go();
    }
    this.#free++;
  }
}
