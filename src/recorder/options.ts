/**
 * The options of a recorder.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import type { BulkLimits } from "../bulk/sender.ts";
import { isObject } from "../guards.ts";
import type { RecordingProblem } from "./problems.ts";

/** Options of a {@linkcode RunRecorder}. */
export interface RecorderOptions extends BulkLimits {
  /** The most that a span waits for others to share a request with, in ms; 0 for no wait. Defaults to 100. */
  maxDelay?: number | undefined;
  /** The maximum number of spans that wait to be sent; further spans are dropped. Defaults to 10,000. */
  maxPendingSpans?: number | undefined;
  /** The maximum size of what waits to be sent, in bytes of JSON; further spans are dropped. Defaults to 16 MiB. */
  maxPendingBytes?: number | undefined;
  /** The most that the finish of the run may take, in ms. Defaults to 10,000. */
  finishTimeout?: number | undefined;
  /**
   * How long no response has come before the recorder asks whether a person has terminated the run, in ms; `null` for
   * never. It stops at the first 401 or 403. Defaults to 30,000.
   */
  terminationPoll?: number | null | undefined;
  /**
   * Called with the first problem of each kind at once, and with more of them at most once a second. Defaults to one
   * line for each kind in `console.warn`.
   */
  onProblem?: ((problem: RecordingProblem) => unknown) | undefined;
  /**
   * Keeps the program running until the promise resolves, on platforms that stop it after its response. Called whenever
   * something begins to wait; the promise never rejects. `recordRun` then does not wait for the finish.
   */
  waitUntil?: ((promise: Promise<void>) => unknown) | undefined;
}

/** The options of a recorder with their defaults. */
export interface ResolvedRecorderOptions {
  readonly maxDelay: number;
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly maxPendingSpans: number;
  readonly maxPendingBytes: number;
  readonly finishTimeout: number;
  readonly terminationPoll: number | null;
  readonly onProblem: RecorderOptions["onProblem"];
  readonly waitUntil: RecorderOptions["waitUntil"];
}

/** Checks the options and fills in their defaults. */
export function resolveOptions(options: RecorderOptions): ResolvedRecorderOptions {
  const checker: ArgumentChecker = new ArgumentChecker("record the run");
  checker.checkModel("options", isObject, options);
  const { maxDelay = 100, finishTimeout = 10_000, terminationPoll = 30_000 }: RecorderOptions = options;
  const { maxItems = 100, maxBytes = 2 ** 20 }: RecorderOptions = options;
  const { maxPendingSpans = 10_000, maxPendingBytes = 2 ** 24 }: RecorderOptions = options;
  const { onProblem, waitUntil }: RecorderOptions = options;
  if (maxDelay !== 0) checker.checkDuration("maxDelay", maxDelay);
  checker.checkDuration("finishTimeout", finishTimeout);
  if (terminationPoll !== null) checker.checkDuration("terminationPoll", terminationPoll);
  for (const [name, value] of Object.entries({ maxItems, maxBytes, maxPendingSpans, maxPendingBytes })) {
    checker.checkInteger(name, value, 1);
  }
  for (const [name, value] of Object.entries({ onProblem, waitUntil })) {
    checker.check(name, value === undefined || typeof value === "function", "a function", value);
  }
  return {
    maxDelay,
    maxItems,
    maxBytes,
    maxPendingSpans,
    maxPendingBytes,
    finishTimeout,
    terminationPoll,
    onProblem,
    waitUntil,
  };
}
