/**
 * Timers that keep the process alive, and timers that do not.
 *
 * @module
 */

/** The longest delay that a timer can hold, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/** A timer as the runtimes return it: Node, Bun and newer versions of Deno an object, others a number. */
type Timer = number | { unref?(): unknown };

/** Calls back after the delay, in ms, unless the process ends before. Returns the function that clears the timer. */
export function setBackgroundTimer(callback: () => void, delay: number): () => void {
  const { clearTimeout, Deno: deno } = globalThis as typeof globalThis & {
    Deno?: { unrefTimer?(id: number): void };
  };
  const timer: unknown = setTimeout(callback, Math.min(delay, MAX_DELAY));
  if (typeof timer === "number") deno?.unrefTimer?.(timer);
  else (timer as Exclude<Timer, number>).unref?.();
  return () => clearTimeout(timer as number);
}

/** Calls back after the delay, in ms; the process does not end before. Returns the function that clears the timer. */
export function setForegroundTimer(callback: () => void, delay: number): () => void {
  const { clearTimeout } = globalThis;
  const timer = setTimeout(callback, Math.min(delay, MAX_DELAY));
  return () => clearTimeout(timer);
}

/** A wait that does not keep the process alive and can be cut short. */
export class Pause {
  #end: (() => void) | undefined;

  /** Waits, in ms; at most one wait at a time. Returns whether the wait was cut short. */
  async wait(delay: number): Promise<boolean> {
    let clearTimer!: () => void;
    const isCut = await new Promise<boolean>((resolve) => {
      clearTimer = setBackgroundTimer(() => resolve(false), delay);
      this.#end = () => resolve(true);
    });
    clearTimer();
    this.#end = undefined;
    return isCut;
  }

  /** Ends the wait, if there is one. */
  end(): void {
    this.#end?.();
  }
}
