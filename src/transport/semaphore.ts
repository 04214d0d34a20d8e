/**
 * The limit on concurrent requests, and the pause after a 429.
 *
 * @module
 */

import type { Entry } from "../dense_set.ts";
import type { Cancelable } from "../pending_call.ts";
import { now, type Timeout, type Timeouts } from "./timeouts.ts";

/** A place in the queue of a {@linkcode Semaphore}. */
export interface Ticket extends Cancelable {
  /** Resolves when a slot is assigned; rejects with the reason of `cancel`. */
  readonly ready: Promise<void>;
}

/** The duration over which waiting calls are spread after a pause, as a fraction of the pause. */
const SPREAD = 0.1;

/**
 * Limits concurrency. Waiters get slots in order, with priority waiters first. Each operation takes constant time,
 * regardless of the length of the queue.
 */
export class Semaphore implements Timeout {
  due = 0;
  #free: number;
  readonly #urgent = new WaitQueue();
  readonly #normal = new WaitQueue();
  readonly #timeouts: Timeouts;
  #timer: Entry<Timeout> | undefined;
  /** The time until which no slot is assigned, or 0 without a pause. */
  #pausedUntil = 0;
  /** The time until which waiting calls are spread out. */
  #spreadUntil = 0;
  /** The time of the last assignment after a pause. */
  #assignedAt = 0;

  /** Creates a semaphore with this number of slots. */
  constructor(slots: number, timeouts: Timeouts) {
    this.#free = slots;
    this.#timeouts = timeouts;
  }

  /** Takes a free slot, or returns a ticket to wait for one. Each slot must be returned with `release`. */
  acquire(hasPriority: boolean): Ticket | undefined {
    if (this.#pausedUntil > 0 && this.#waiting === 0 && now() >= this.#pausedUntil) this.#pausedUntil = 0;
    if (this.#free > 0 && this.#pausedUntil === 0) {
      this.#free--;
      return undefined;
    }
    const queue = hasPriority ? this.#urgent : this.#normal;
    const ticket = queue.add(() => this.#waiting === 0 && this.#stopTimer());
    this.#startTimer();
    return ticket;
  }

  /** Returns a slot, and assigns it to the first waiter if there is one. */
  release(): void {
    this.#free++;
    if (this.#pausedUntil === 0) this.#assign(1);
  }

  /** Assigns no slots for `delay` ms, and then spreads the waiting calls over a tenth of that time. */
  pause(delay: number): void {
    const until = now() + delay;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = this.#assignedAt = until;
    this.#spreadUntil = until + delay * SPREAD;
    this.#stopTimer();
    this.#startTimer();
  }

  /** Assigns the next slots after a pause. */
  expire(): void {
    this.#timer = undefined;
    const time = now();
    if (time >= this.#spreadUntil) {
      this.#pausedUntil = 0;
      this.#assign(Infinity);
    } else {
      const share = (time - this.#assignedAt) / (this.#spreadUntil - this.#assignedAt);
      this.#assign(Math.max(1, Math.floor(this.#waiting * share)));
      this.#assignedAt = time;
      this.#startTimer();
    }
  }

  #assign(count: number): void {
    for (let assigned = 0; assigned < count && this.#free > 0; assigned++) {
      if (!this.#urgent.shift() && !this.#normal.shift()) return;
      this.#free--;
    }
  }

  get #waiting(): number {
    return this.#urgent.size + this.#normal.size;
  }

  /** Starts the timer during a pause, but only if there is a waiter, because a timer keeps the process alive. */
  #startTimer(): void {
    if (this.#pausedUntil === 0 || this.#timer || this.#waiting === 0) return;
    const time = now();
    const delay = time < this.#pausedUntil
      ? this.#pausedUntil - time
      : Math.max(0, this.#spreadUntil - time) / this.#waiting;
    this.#timer = this.#timeouts.add(this, delay);
  }

  #stopTimer(): void {
    if (this.#timer) this.#timeouts.delete(this.#timer);
    this.#timer = undefined;
  }
}

interface Waiter {
  /** Assigns the slot. It is `undefined` once the waiter has left the queue. */
  resolve: (() => void) | undefined;
  next: Waiter | undefined;
}

/** A queue whose members can leave from any position. */
class WaitQueue {
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  /** The number of waiters that have not left. */
  size = 0;

  /** Adds a waiter. `onCancel` is called if it is canceled. */
  add(onCancel: () => void): Ticket {
    const waiter: Waiter = { resolve: undefined, next: undefined };
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    this.size++;
    let cancel!: Ticket["cancel"];
    const ready = new Promise<void>((resolve, reject) => {
      waiter.resolve = resolve;
      cancel = (reason) => {
        if (!waiter.resolve) return;
        waiter.resolve = undefined;
        this.size--;
        onCancel();
        reject(reason);
      };
    });
    return { ready, cancel };
  }

  /** Removes the first waiter and assigns it a slot. Returns whether there was one. */
  shift(): boolean {
    while (this.#first) {
      const waiter = this.#first;
      const { resolve, next } = waiter;
      waiter.next = undefined; // otherwise an old waiter would keep all later ones alive
      this.#first = next;
      if (!next) this.#last = undefined;
      if (!resolve) continue;
      waiter.resolve = undefined;
      this.size--;
      resolve();
      return true;
    }
    return false;
  }
}
