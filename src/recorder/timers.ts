/**
 * Timers that keep the process alive, and timers that do not.
 *
 * @module
 */

/** The longest delay that a timer can hold, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/** Calls back after the delay, in ms. Keeps the process alive until then. Returns a function that clears the timer. */
export function setForegroundTimer(callback: () => void, delay: number): () => void {
  return setTimer(callback, delay).clear;
}

/** Calls back after the delay, in ms. Does not keep the process alive. Returns a function that clears the timer. */
export function setBackgroundTimer(callback: () => void, delay: number): () => void {
  const { timer, clear } = setTimer(callback, delay);
  // Node, Bun and newer versions of Deno return an object, others a number.
  if (typeof timer === "object") (timer as { unref?(): unknown }).unref?.();
  else (globalThis as { Deno?: { unrefTimer?(id: unknown): void } }).Deno?.unrefTimer?.(timer);
  return clear;
}

function setTimer(callback: () => void, delay: number): { timer: unknown; clear: () => void } {
  const { clearTimeout } = globalThis; // matches the current setTimeout, real or fake
  const timer = setTimeout(callback, Math.min(Math.max(0, delay), MAX_DELAY)); // Node warns of a negative delay
  const clear = () => {
    try {
      clearTimeout(timer);
    } catch {
      // A fake timer cannot be cleared after its clock was restored.
    }
  };
  return { timer, clear };
}

/** A wait that does not keep the process alive and can be cut short. */
export class Pause {
  #end: (() => void) | undefined;

  /** Waits for `delay` ms. Only one wait is allowed at a time. Returns whether the wait was cut short. */
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
