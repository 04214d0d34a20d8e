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
  /** The maximum time that a span waits for other spans to share its request, in ms; 0 for no wait. Defaults to 100. */
  maxDelay?: number | undefined;
  /** The maximum number of spans in the queue. Further spans are dropped. Defaults to 10,000. */
  maxPendingSpans?: number | undefined;
  /** The maximum size of the queue, in bytes of JSON. Further spans are dropped. Defaults to 16 MiB. */
  maxPendingBytes?: number | undefined;
  /** The maximum time to finish the run, in ms. What is not sent by then is dropped. Defaults to 10,000. */
  finishTimeout?: number | undefined;
  /**
   * The time without a response after which the recorder asks the API whether a person has terminated the run, in ms;
   * `null` for never. It stops asking after the first 401 or 403. Defaults to 30,000.
   */
  terminationPoll?: number | null | undefined;
  /**
   * Called with the first problem of each kind immediately, and with further ones at most once a second. By default,
   * the first problem of each kind is logged with `console.warn`.
   */
  onProblem?: ((problem: RecordingProblem) => unknown) | undefined;
  /**
   * Keeps the program running until the promise resolves, on platforms that stop it after it has responded. Called
   * when there is something to send and no earlier promise is pending. The promise never rejects. With this option,
   * `recordRun` does not wait until the run is finished.
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
