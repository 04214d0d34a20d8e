/**
 * Stands in for `@std/testing/time`.
 *
 * @module
 */
import type { DelayOptions } from "../async/delay.ts";

const real = { Date, setTimeout, clearTimeout, setInterval, clearInterval };
const realSignal = { timeout: AbortSignal.timeout };

type Callback = (...args: unknown[]) => void;

interface Timer {
  id: number;
  due: number;
  call: () => void;
  /** The period of an interval, in ms. */
  period: number | undefined;
}

/** The time and the timers of a {@linkcode FakeTime}. */
class Clock {
  now: number;
  /** Sorted by due time, then by creation. A cleared timer stays in the queue until it is due. */
  #queue: Timer[] = [];
  #live = new Set<number>();
  #lastId = 0;

  constructor(now: number) {
    this.now = now;
  }

  set(call: () => void, delay: number, repeats: boolean): number {
    const id = ++this.#lastId;
    const wait = Math.max(repeats ? 1 : 0, Math.floor(delay));
    this.#live.add(id);
    this.#enqueue({
      id,
      due: this.now + wait,
      call,
      period: repeats ? wait : undefined,
    });
    return id;
  }

  clear(id: unknown): void {
    if (typeof id === "number") this.#live.delete(id);
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Returns the due time of the next timer that is not cleared. */
  nextDue(): number | undefined {
    while (this.#queue[0] && !this.#live.has(this.#queue[0].id)) {
      this.#queue.shift();
    }
    return this.#queue[0]?.due;
  }

  /** Fires the timers that are due until then, in order, including those that these timers set. */
  advanceTo(until: number): void {
    for (
      let timer = this.#queue[0];
      timer && timer.due <= until;
      timer = this.#queue[0]
    ) {
      this.#queue.shift();
      if (!this.#live.has(timer.id)) continue;
      this.now = timer.due;
      if (timer.period === undefined) this.#live.delete(timer.id);
      else this.#enqueue({ ...timer, due: timer.due + timer.period });
      timer.call();
    }
    this.now = until;
  }

  #enqueue(timer: Timer): void {
    const later = this.#queue.findIndex(({ due }) => due > timer.due);
    this.#queue.splice(later < 0 ? this.#queue.length : later, 0, timer);
  }
}

let clock: Clock | undefined;

function clockTo(purpose: string): Clock {
  if (!clock) throw new TimeError(`Cannot ${purpose}: time is not faked`);
  return clock;
}

function setFake(
  name: string,
  purpose: string,
  repeats: boolean,
): (...args: unknown[]) => number {
  return (callback, delay = 0, ...args) => {
    if (typeof callback !== "function") {
      throw new TimeError(
        `FakeTime does not support non-function callbacks to ${name}`,
      );
    }
    return clockTo(purpose).set(
      () => (callback as Callback)(...args),
      Number(delay),
      repeats,
    );
  };
}

const currentTime = (): number => clock ? clock.now : real.Date.now();

const fake = {
  Date: new Proxy(real.Date, {
    construct: (target, args) => Reflect.construct(target, args.length > 0 ? args : [currentTime()]),
    apply: () => new real.Date(currentTime()).toString(),
    get: (target, key) => key === "now" ? currentTime : Reflect.get(target, key),
  }),
  setTimeout: setFake("setTimeout", "set timeout", false),
  clearTimeout: (id?: unknown): void => clockTo("clear timeout").clear(id),
  setInterval: setFake("setInterval", "set interval", true),
  clearInterval: (id?: unknown): void => clockTo("clear interval").clear(id),
};
const fakeSignal = {
  timeout: (ms: number): AbortSignal => {
    const controller = new AbortController();
    fake.setTimeout(
      () => controller.abort(new DOMException("Signal timed out.", "TimeoutError")),
      ms,
    );
    return controller.signal;
  },
};

function overrideGlobals(): void {
  Object.assign(globalThis, fake);
  Object.assign(AbortSignal, fakeSignal);
}

function restoreGlobals(): void {
  Object.assign(globalThis, real);
  Object.assign(AbortSignal, realSignal);
}

/** Error for time that is faked or restored twice. */
export class TimeError extends Error {
  /** Creates the error from its message. */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Replaces `Date`, the timer functions and `AbortSignal.timeout()` until it is restored. */
export class FakeTime {
  readonly #clock: Clock;
  readonly #start: number;

  /** Fakes time from `start` on, which defaults to now. */
  constructor(start?: number | string | Date | null) {
    if (clock) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    this.#start = typeof start === "number"
      ? Math.floor(start)
      : new real.Date(start ?? real.Date.now()).getTime();
    if (Number.isNaN(this.#start)) {
      throw new TypeError("Cannot construct FakeTime: invalid start time NaN");
    }
    this.#clock = clock = new Clock(this.#start);
    overrideGlobals();
  }

  /** Restores real time. */
  static restore(): void {
    if (!clock) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    clock = undefined;
    restoreGlobals();
  }

  /** Restores real time while the callback runs and until its promise settles. */
  static async restoreFor<T, Args extends unknown[]>(
    callback: (...args: Args) => Promise<T> | T,
    ...args: Args
  ): Promise<T> {
    if (!clock) throw new TimeError("Cannot restore time: time is not faked");
    restoreGlobals();
    let pending = false;
    try {
      const result = callback(...args);
      pending = result instanceof Promise;
      return pending ? await (result as Promise<T>).finally(overrideGlobals) : result;
    } finally {
      if (!pending) overrideGlobals();
    }
  }

  /** The fake time, in ms since the epoch. Setting it fires the timers that become due. */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.now}: received ${value}`,
      );
    }
    this.#clock.advanceTo(value);
  }

  /** The fake time at the start, in ms since the epoch. */
  get start(): number {
    return this.#start;
  }

  /** Waits in real time. */
  delay(ms: number, { signal }: DelayOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        real.clearTimeout(timer);
        reject(new DOMException("Delay was aborted.", "AbortError"));
      };
      const timer = real.setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Runs all pending microtasks. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time forward and fires the timers that become due. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs microtasks, then moves time forward. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time to the next timer. Returns `false` if there is none. */
  next(): boolean {
    const due = this.#clock.nextDue();
    if (due !== undefined) this.now = due;
    return due !== undefined;
  }

  /** Runs microtasks, then moves time to the next timer. Returns `false` if there is none. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves time forward until no timer is left. */
  runAll(): void {
    while (!this.#clock.isEmpty) this.next();
  }

  /** Moves time forward until no timer is left, and runs microtasks before each timer. */
  async runAllAsync(): Promise<void> {
    while (!this.#clock.isEmpty) await this.nextAsync();
  }

  /** Restores real time. */
  restore(): void {
    FakeTime.restore();
  }

  /** Restores real time at the end of the block. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
