/**
 * Many timeouts on one timer.
 *
 * @module
 */

import { DenseSet, type Entry } from "../dense_set.ts";

/** The longest delay that a timer can hold, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * How many microtasks an armed timer outlives the last deadline by. A caller who makes one call after the
 * other sets the next deadline within a few, and arming a timer costs more than all of them; a caller who has
 * done finds no timer left at the end of the turn, and a test with faked time finds none at all.
 */
const GRACE = 12;

const RealDate = Date;

/**
 * The time in ms, by a clock that keeps step with the timers: one that nobody can set, or where a test has
 * faked time, the `Date` that it put in place along with its timers.
 */
function now(): number {
  return Date === RealDate ? performance.now() : Date.now();
}

/** Something that is to happen unless it is called off. */
export interface Timeout {
  /** When, on the clock of {@linkcode Timeouts}, which sets it. */
  due: number;
  /** What. */
  expire(): void;
}

/**
 * Timeouts that share one timer, which is armed only while there are any: a timer for each would cost more
 * than most of what a request does on its way to `fetch`.
 */
export class Timeouts {
  readonly #waiting = new DenseSet<Timeout>();
  #firesAt = Infinity;
  #clear: (() => void) | undefined;
  #clock = Date;
  #grace = 0;

  /** Has the deadline expire after the timeout, in ms; the entry is what calls it off. */
  add(deadline: Timeout, timeout: number): Entry<Timeout> {
    deadline.due = now() + timeout;
    if (deadline.due < this.#firesAt || this.#clock !== Date) this.#arm(deadline.due, timeout);
    return this.#waiting.add(deadline);
  }

  /** Calls a deadline off. */
  delete(entry: Entry<Timeout>): void {
    this.#waiting.delete(entry);
    if (this.#waiting.size > 0) return;
    this.#grace = Date === RealDate ? GRACE : 0;
    this.#disarmWhenIdle();
  }

  /** Leaves no timer, where no deadline is waiting. */
  close(): void {
    this.#grace = 0;
    this.#disarmWhenIdle();
  }

  readonly #disarmWhenIdle = (): void => {
    if (this.#waiting.size > 0) return;
    if (this.#grace-- > 0) queueMicrotask(this.#disarmWhenIdle);
    else this.#disarm();
  };

  #arm(firesAt: number, delay: number): void {
    this.#disarm();
    this.#firesAt = firesAt - Math.max(0, delay - MAX_DELAY);
    this.#clock = Date;
    const { clearTimeout } = globalThis; // that of the same clock, whichever is in place when it is used
    let timer: ReturnType<typeof setTimeout> | undefined = undefined;
    const clear = this.#clear = () => clearTimeout(timer);
    timer = setTimeout(() => this.#clear === clear && this.#fire(), Math.min(delay, MAX_DELAY));
  }

  #disarm(): void {
    // A faked timer is gone when its clock is.
    if (this.#clock === Date || this.#clock === RealDate) this.#clear?.();
    this.#clear = undefined;
    this.#firesAt = Infinity;
  }

  #fire(): void {
    // The timer is taken at its word: it counts whole milliseconds and may fire a fraction of one early.
    const time = Math.max(now(), this.#firesAt);
    this.#firesAt = Infinity;
    let next = Infinity;
    for (const entry of this.#waiting.entries()) {
      if (entry.value.due > time) {
        next = Math.min(next, entry.value.due);
      } else {
        this.#waiting.delete(entry);
        entry.value.expire();
      }
    }
    if (next < this.#firesAt) this.#arm(next, next - time);
  }
}
