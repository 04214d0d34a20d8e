/**
 * Stands in for `@std/async/delay`.
 *
 * @module
 */

/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Cancels the wait when it aborts: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Whether the timer keeps the process alive. Has an effect in Deno only. Defaults to `true`. */
  persistent?: boolean;
}

/** The longest delay of one timer, in ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds, or rejects when the signal aborts. */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);

  return new Promise((resolve, reject) => {
    let timer: number;

    function wait(remaining: number): void {
      const step = Math.min(remaining, MAX_TIMER_MS);
      // Node's setTimeout() returns an object that converts to the timer's number.
      timer = Number(setTimeout(() => remaining > step ? wait(remaining - step) : finish(), step));
      if (!persistent) globalThis.Deno?.unrefTimer(timer);
    }
    function finish(): void {
      signal?.removeEventListener("abort", abort);
      resolve();
    }
    function abort(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }

    wait(Math.max(0, Math.trunc(ms) || 0));
    signal?.addEventListener("abort", abort, { once: true });
  });
}
