/**
 * Stands in for `@std/async/delay`.
 *
 * @module
 */

/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early: the promise then rejects with the reason of the signal. */
  signal?: AbortSignal;
  /** Whether the wait keeps the process running, which is the default. Has an effect in Deno only. */
  persistent?: boolean;
}

/** The longest time that one timer can measure. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds, or rejects when the signal aborts. */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);

  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;

    function wait(left: number): void {
      const step = Math.min(left, LONGEST_TIMER_MS);
      timer = setTimeout(
        () => left > step ? wait(left - step) : finish(),
        step,
      );
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
