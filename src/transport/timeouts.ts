/**
 * Many timeouts on one timer.
 *
 * @module
 */

import { DenseSet, type Entry } from "../dense_set.ts";

/** The longest delay that a timer can hold, in ms: 2 ** 31 - 1. */
const MAX_DELAY = 2_147_483_647;

/**
 * The number of microtasks that an armed timer outlives its last timeout by. A caller that makes one call after
 * another adds the next timeout within a few microtasks, and arming a timer costs more than all of them. At the end
 * of the turn no timer is left.
 */
const GRACE = 12;

/**
 * The maximum length of the first grace period, in ms. A timer that fires late means that the event loop was blocked or
 * the machine asleep, and a response may have arrived meanwhile. Reading it takes several turns of the loop, so the
 * timeout gets as long again as its timer was late. The same may happen during the grace period, so another one
 * follows, of at most half that length, and so on: a program that is always busy still times out.
 */
const MAX_GRACE_PERIOD = 250;

const RealDate = Date;

/**
 * The time in ms on the clock that the timers follow: the monotonic clock, or a test's fake `Date`, which comes with
 * fake timers.
 */
export function now(): number {
  return Date === RealDate ? performance.now() : Date.now();
}

/** Something that happens when its time is up, unless it is deleted before. */
export interface Timeout {
  /** The time of expiry on the clock of {@linkcode Timeouts}, which sets it. */
  due: number;
  /** The maximum length of the next grace period, which {@linkcode Timeouts} sets; absent for a timeout without one. */
  grace?: number;
  /** Called when the time is up. */
  expire(): void;
}

/**
 * Timeouts that share one timer, which is armed only while there are any. A timer for each would cost more than most
 * of what a request does before `fetch`.
 */
export class Timeouts {
  readonly #waiting = new DenseSet<Timeout>();
  #firesAt = Infinity;
  #clear: (() => void) | undefined;
  #clock = Date;
  #grace = 0;

  /** Adds a timeout that expires after the delay, in ms, and returns the entry that deletes it. */
  add(timeout: Timeout, delay: number): Entry<Timeout> {
    timeout.due = now() + delay;
    if (timeout.grace !== undefined) timeout.grace = MAX_GRACE_PERIOD;
    if (timeout.due < this.#firesAt || this.#clock !== Date) this.#arm(timeout.due, delay);
    return this.#waiting.add(timeout);
  }

  /** Deletes a timeout. */
  delete(entry: Entry<Timeout>): void {
    this.#waiting.delete(entry);
    if (this.#waiting.size > 0) return;
    this.#grace = Date === RealDate ? GRACE : 0;
    this.#disarmWhenIdle();
  }

  /** Clears the timer at once if no timeout is waiting. */
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
    const { clearTimeout } = globalThis; // the one that belongs to the timers in place now, real or fake
    let timer: ReturnType<typeof setTimeout> | undefined = undefined;
    const clear = this.#clear = () => clearTimeout(timer);
    timer = setTimeout(() => this.#clear === clear && this.#fire(), Math.min(delay, MAX_DELAY));
  }

  #disarm(): void {
    // A fake timer is gone once its clock has been restored.
    if (this.#clock === Date || this.#clock === RealDate) this.#clear?.();
    this.#clear = undefined;
    this.#firesAt = Infinity;
  }

  #fire(): void {
    // Timers count whole milliseconds and may fire a fraction of one early.
    const time = Math.max(now(), this.#firesAt);
    this.#firesAt = Infinity;
    let next = Infinity;
    for (const entry of this.#waiting.entries()) {
      const timeout = entry.value;
      if (timeout.due <= time && timeout.grace) {
        timeout.due = time + Math.min(time - timeout.due, timeout.grace);
        timeout.grace >>= 1;
      } else if (timeout.due <= time) {
        this.#waiting.delete(entry);
        timeout.expire();
        continue;
      }
      next = Math.min(next, timeout.due);
    }
    if (next < this.#firesAt) this.#arm(next, next - time);
  }
}
