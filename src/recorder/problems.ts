/**
 * Reports problems with recording.
 *
 * @module
 */

import { reasonOf } from "../redaction.ts";
import { setBackgroundTimer } from "./timers.ts";

/** Something that could not be recorded. */
export interface RecordingProblem {
  /**
   * The kind of problem.
   *
   * - `not_registered`: the run could not be registered or started.
   * - `not_recorded`: a span could not be recorded, or not yet because the API is down.
   * - `not_finished`: the run could not be finished.
   * - `dropped`: a span was dropped.
   * - `payload`: JSON cannot hold a payload or a result, which is recorded as `{}`.
   */
  readonly kind: "not_registered" | "not_recorded" | "not_finished" | "dropped" | "payload";
  /** The error of the problem, or of the last one if there were several. */
  readonly error?: unknown;
  /** The schema name of the span of the problem, or of the last one if there were several. */
  readonly schemaName?: string;
  /** The number of problems of this kind since the last report. */
  readonly count: number;
}

/** The minimum time between two reports of one kind, in ms. */
const INTERVAL = 1_000;

/** The text of the console message for each kind. */
const TEXTS: Readonly<Record<RecordingProblem["kind"], string>> = {
  not_registered: "The run is not recorded",
  not_recorded: "A span is not recorded",
  not_finished: "The run is not finished",
  dropped: "Spans are dropped",
  payload: "A payload is recorded as {}",
};

/** The problems of one kind. */
interface Kind {
  reportedAt: number;
  /** The problems since the last report, combined into one. */
  waiting: RecordingProblem | undefined;
  clearTimer: (() => void) | undefined;
}

/** Reports the first problem of each kind immediately, and further ones at most once a second. */
export class ProblemReporter {
  readonly #onProblem: ((problem: RecordingProblem) => unknown) | undefined;
  readonly #kinds = new Map<RecordingProblem["kind"], Kind>();
  /** The kinds that were logged, in words. */
  readonly #logged = new Set<string>();

  /** Creates a reporter. Without a handler, it logs the first problem of each kind to the console. */
  constructor(onProblem: ((problem: RecordingProblem) => unknown) | undefined) {
    this.#onProblem = onProblem;
  }

  /** Reports a problem immediately, or later together with others. `isRetried` is whether it may still go away. */
  report(problem: RecordingProblem, isRetried = false): void {
    if (!this.#onProblem) return this.#log(problem, isRetried);
    const kind = this.#kinds.get(problem.kind);
    if (!kind) {
      this.#kinds.set(problem.kind, { reportedAt: Date.now(), waiting: undefined, clearTimer: undefined });
      this.#call(problem);
    } else {
      kind.waiting = { ...problem, count: problem.count + (kind.waiting?.count ?? 0) };
      const delay = kind.reportedAt + INTERVAL - Date.now();
      if (delay <= 0) this.#reportWaiting(kind);
      else kind.clearTimer ??= setBackgroundTimer(() => this.#reportWaiting(kind), delay);
    }
  }

  /** Reports all waiting problems. */
  flush(): void {
    for (const kind of this.#kinds.values()) this.#reportWaiting(kind);
  }

  #reportWaiting(kind: Kind): void {
    kind.clearTimer?.();
    kind.clearTimer = undefined;
    const { waiting } = kind;
    if (!waiting) return;
    kind.waiting = undefined;
    kind.reportedAt = Date.now();
    this.#call(waiting);
  }

  #call(problem: RecordingProblem): void {
    try {
      Promise.resolve(this.#onProblem!(problem)).catch(() => {});
    } catch {
      // A handler must not break the program.
    }
  }

  #log({ kind, schemaName, error }: RecordingProblem, isRetried: boolean): void {
    const text = `${TEXTS[kind]}${isRetried ? " yet, trying again" : ""}`;
    if (this.#logged.has(text)) return;
    this.#logged.add(text);
    const span = schemaName === undefined ? "" : ` (${schemaName})`;
    const reason = error === undefined ? "" : `: ${reasonOf(error)}`;
    console.warn(`@prefactor/http/recorder: ${text}${span}${reason}`);
  }
}
