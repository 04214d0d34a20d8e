/** What `setTimeout` gives, on whichever runtime. */
export type Timer = ReturnType<typeof setTimeout>;

/** A timer that does not fire at once where the delay is longer than a timer can hold. */
export function setTimer(callback: () => void, delay: number): Timer {
  return setTimeout(callback, Math.min(delay, 2 ** 31 - 1));
}
