/**
 * Runs many timeouts on one timer.
 *
 * @module
 */

import { DenseSet, type Entry } from "../dense_set.ts";

/** The longest delay that a timer can hold, in ms: 2 ** 31 - 1. */
const MAX_DELAY = 2_147_483_647;

/**
 * The number of microtasks for which the timer stays armed after its last timeout was deleted. A caller that makes one
 * call after another adds the next timeout within a few microtasks, and keeping the timer is cheaper than arming a new
 * one. No timer is left at the end of the turn.
 */
const IDLE_MICROTASKS = 12;

/**
 * The maximum length of the first grace period, in ms. If a timer fires late, the event loop was blocked or the machine
 * was asleep, and a response may have arrived in the meantime. Reading it takes several turns of the loop, so the
 * timeout is extended by as much as its timer was late. This may happen again during the grace period, so further
 * periods follow, each with half the maximum length of the one before. A program that is always busy therefore still
 * times out.
 */
const MAX_GRACE_PERIOD = 250;

const RealDate = Date;

/**
 * Returns the time of the clock that timers follow, in ms: the monotonic clock, or the fake `Date` of a test with fake
 * timers.
 */
export function now(): number {
  return Date === RealDate ? performance.now() : Date.now();
}

/** A callback that runs at a given time, unless it is deleted first. */
export interface Timeout {
  /** The time at which it expires, according to {@linkcode now}. {@linkcode Timeouts} sets it. */
  due: number;
  /**
   * The maximum length of the next grace period, in ms. {@linkcode Timeouts} sets it; if it is absent, there is none.
   */
  gracePeriod?: number;
  /** Called when the timeout expires. */
  expire(): void;
}

/**
 * Runs timeouts on one shared timer, which is armed only while there are any. A timer for each timeout would cost more
 * than most of the work before `fetch`.
 */
export class Timeouts {
  readonly #waiting = new DenseSet<Timeout>();
  #firesAt = Infinity;
  #clear: (() => void) | undefined;
  #clock = Date;
  #idleMicrotasks = 0;

  /** Adds a timeout that expires after the delay, in ms. Returns the entry to delete it with. */
  add(timeout: Timeout, delay: number): Entry<Timeout> {
    timeout.due = now() + delay;
    if (timeout.gracePeriod !== undefined) timeout.gracePeriod = MAX_GRACE_PERIOD;
    if (timeout.due < this.#firesAt || this.#clock !== Date) this.#arm(timeout.due, delay);
    return this.#waiting.add(timeout);
  }

  /** Deletes a timeout. */
  delete(entry: Entry<Timeout>): void {
    this.#waiting.delete(entry);
    if (this.#waiting.size > 0) return;
    this.#idleMicrotasks = Date === RealDate ? IDLE_MICROTASKS : 0;
    this.#disarmWhenIdle();
  }

  /** Clears the timer immediately if no timeout is waiting. */
  close(): void {
    this.#idleMicrotasks = 0;
    this.#disarmWhenIdle();
  }

  readonly #disarmWhenIdle = (): void => {
    if (this.#waiting.size > 0) return;
    if (this.#idleMicrotasks-- > 0) queueMicrotask(this.#disarmWhenIdle);
    else this.#disarm();
  };

  #arm(firesAt: number, delay: number): void {
    this.#disarm();
    this.#firesAt = firesAt - Math.max(0, delay - MAX_DELAY);
    this.#clock = Date;
    const { clearTimeout } = globalThis; // matches the current setTimeout, real or fake
    let timer: ReturnType<typeof setTimeout> | undefined = undefined;
    const clear = this.#clear = () => clearTimeout(timer);
    timer = setTimeout(() => this.#clear === clear && this.#fire(), Math.min(delay, MAX_DELAY));
  }

  #disarm(): void {
    // A fake timer cannot be cleared after its clock was restored.
    if (this.#clock === Date || this.#clock === RealDate) this.#clear?.();
    this.#clear = undefined;
    this.#firesAt = Infinity;
  }

  #fire(): void {
    // Timers count whole milliseconds, so they may fire a fraction of one early.
    const time = Math.max(now(), this.#firesAt);
    this.#firesAt = Infinity;
    let next = Infinity;
    for (const entry of this.#waiting.entries()) {
      const timeout = entry.value;
      if (timeout.due <= time && timeout.gracePeriod) {
        timeout.due = time + Math.min(time - timeout.due, timeout.gracePeriod);
        timeout.gracePeriod >>= 1;
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
