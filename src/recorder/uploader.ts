/**
 * Sends what a run records: its registration, its spans and its end.
 *
 * @module
 */

import type { PrefactorHttpClient } from "../client.ts";
import { PrefactorClientError, PrefactorTimeoutError } from "../errors/errors.ts";
import type {
  AgentInstance,
  FinishInstanceRequest,
  RegisterInstanceRequest,
} from "../models/agent_instance.ts";
import type { ResolvedRecorderOptions } from "./options.ts";
import type { ProblemReporter, RecordingProblem } from "./problems.ts";
import type { SpanQueue } from "./queue.ts";
import { isTransient, retryAfterOf, RunRequests } from "./run_requests.ts";
import type { EndStatus, RegisteredRun } from "./span.ts";
import type { TerminationWatch } from "./termination.ts";
import { Pause, setForegroundTimer } from "./timers.ts";

/** The delay before a retry after a transient failure, in ms. It doubles with each failure, up to the maximum. */
const INITIAL_DELAY = 1_000;
const MAX_DELAY = 60_000;

/** The parts of a run that its uploader needs. */
export interface UploaderParts {
  readonly client: PrefactorHttpClient;
  readonly options: ResolvedRecorderOptions;
  readonly queue: SpanQueue;
  readonly problems: ProblemReporter;
  readonly watch: TerminationWatch;
  /** Returns the params of the registration, or throws if JSON cannot hold them. */
  readonly params: () => RegisterInstanceRequest;
}

/** Sends what a run records, one request at a time. Its methods never throw or reject. */
export class Uploader {
  /** Resolves to the instance when it has started. */
  readonly ready: Promise<AgentInstance>;

  readonly #parts: UploaderParts;
  readonly #requests: RunRequests;
  readonly #pause = new Pause();
  readonly #abort = new AbortController();
  #resolveReady!: (instance: AgentInstance) => void;
  #rejectReady!: (error: unknown) => void;
  #run: RegisteredRun | undefined;
  #isStarted = false;
  /** The error that has ended recording permanently. */
  #endedBy: unknown;
  #finish: { readonly params: FinishInstanceRequest; readonly resolve: () => void } | undefined;
  /** Whether the instance was finished, or cannot be. */
  #isFinished = false;
  #isSending = false;
  #isHurried = false;
  #clearDelay: (() => void) | undefined;
  readonly #flushes = new Set<{ readonly sequence: number; readonly end: () => void }>();
  #release: (() => void) | undefined;

  /** Creates the uploader and starts with the registration. */
  constructor(parts: UploaderParts) {
    this.#parts = parts;
    this.#requests = new RunRequests(parts.client, parts.options);
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => {});
    void this.#send();
  }

  /** Schedules sending after an item was added to the queue, at the latest after `maxDelay`. */
  notify(): void {
    if (this.#isSending) return;
    const { queue, options: { maxItems, maxBytes, maxDelay } } = this.#parts;
    this.#holdOpen();
    if (queue.length >= maxItems || queue.bytes >= maxBytes || maxDelay === 0) void this.#send();
    else this.#clearDelay ??= setForegroundTimer(() => void this.#send(), maxDelay);
  }

  /** Sends the queue immediately. Resolves when that is done or when the timeout, in ms, has expired. */
  async flush(timeout: number): Promise<void> {
    const sequence = this.#parts.queue.lastSequence;
    if (this.#isFlushed(sequence)) return;
    this.#hurry();
    await new Promise<void>((resolve) => {
      const flush = {
        sequence,
        end: () => {
          clearTimer();
          this.#flushes.delete(flush);
          resolve();
        },
      };
      const clearTimer = setForegroundTimer(flush.end, timeout);
      this.#flushes.add(flush);
    });
  }

  /** Sends the queue and finishes the instance. Drops what is not done when the timeout, in ms, has expired. */
  async finish(status: EndStatus, timeout: number): Promise<void> {
    const params = {
      status,
      timestamp: new Date(),
      idempotency_key: this.#parts.client.createIdempotencyKey(),
    };
    const clearTimer = setForegroundTimer(() => {
      const message = `Cannot finish the run: not everything was recorded within a timeout of ${timeout} ms`;
      this.#abort.abort(new PrefactorTimeoutError(message, { phase: "total", timeout }));
      this.#pause.end();
    }, timeout);
    const closed = new Promise<void>((resolve) => this.#finish = { params, resolve });
    this.#hurry();
    await closed;
    clearTimer();
  }

  /** Sends until nothing is left to send. Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    this.#clearDelay?.();
    this.#clearDelay = undefined;
    this.#holdOpen();
    await undefined; // spans recorded in the same turn share a request
    let failures = 0;
    let isReported = false;
    while (!this.#abort.signal.aborted && this.#hasWork()) {
      const kind = this.#kindOfWork();
      try {
        await this.#work();
        this.#parts.watch.postpone();
        failures = 0;
        isReported = false;
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        if (!isTransient(error)) {
          this.#fail(kind, error);
        } else {
          if (!isReported) this.#parts.problems.report({ kind, error, count: 1 }, true);
          isReported = true;
          failures = await this.#wait(failures, retryAfterOf(error));
        }
      }
      this.#endFlushes();
    }
    this.#isSending = false;
    if (this.#finish) this.#close(this.#finish.resolve);
    this.#endFlushes();
    this.#release?.();
    this.#release = undefined;
  }

  #hasWork(): boolean {
    if (!this.#isStarted) return this.#endedBy === undefined;
    return this.#parts.queue.length > 0 || this.#finish !== undefined && !this.#isFinished;
  }

  #kindOfWork(): RecordingProblem["kind"] {
    if (!this.#isStarted) return "not_registered";
    return this.#parts.queue.length > 0 ? "not_recorded" : "not_finished";
  }

  /** Makes the next request. */
  async #work(): Promise<void> {
    const { params, queue, problems, watch } = this.#parts;
    const { signal } = this.#abort;
    if (!this.#run) {
      this.#run = await this.#requests.register(params(), signal);
      watch.start(this.#run.instance.id);
    } else if (!this.#isStarted) {
      this.#resolveReady(await this.#requests.start(this.#run, signal));
      this.#isStarted = true;
    } else if (queue.length > 0) {
      await this.#requests.sendSpans(queue, this.#run, problems, signal);
    } else {
      await this.#requests.finish(this.#run, this.#finish!.params, signal);
      this.#isFinished = true;
    }
  }

  /** Handles an error that a retry would not fix. */
  #fail(kind: RecordingProblem["kind"], error: unknown): void {
    this.#parts.problems.report({ kind, error, count: 1 });
    if (kind === "not_finished") this.#isFinished = true;
    else this.#end(error);
  }

  /** Ends recording and drops what is left. */
  #end(error: unknown): void {
    this.#endedBy = error;
    this.#rejectReady(error);
    const count = this.#parts.queue.close(error);
    if (count > 0) this.#parts.problems.report({ kind: "dropped", error, count });
  }

  /** Ends recording after the run was finished, or could not be. */
  #close(resolve: () => void): void {
    const { problems, watch } = this.#parts;
    const error = this.#endedBy ?? this.#abort.signal.reason ??
      new PrefactorClientError("Cannot record: the run is finished");
    if (!this.#isFinished && (this.#run || this.#endedBy === undefined)) {
      problems.report({ kind: this.#run ? "not_finished" : "not_registered", error, count: 1 });
    }
    this.#end(error);
    watch.end();
    problems.flush();
    resolve();
  }

  /** Skips all delays except one that the server asked for. */
  #hurry(): void {
    this.#isHurried = true;
    if (this.#isSending) this.#pause.end();
    else void this.#send();
  }

  /** Waits before a retry, and returns the number of failures for the next delay. */
  async #wait(failures: number, retryAfter: number): Promise<number> {
    const earliest = Date.now() + retryAfter;
    const latest = Math.max(earliest, Date.now() + Math.min(MAX_DELAY, INITIAL_DELAY * 2 ** failures));
    this.#isHurried = false;
    while (!this.#abort.signal.aborted) {
      const rest = (this.#isHurried ? earliest : latest) - Date.now();
      if (rest <= 0 || !await this.#pause.wait(rest)) break;
    }
    return this.#isHurried ? 0 : failures + 1;
  }

  #isFlushed(sequence: number): boolean {
    return this.#endedBy !== undefined || this.#isStarted && this.#parts.queue.isDone(sequence);
  }

  #endFlushes(): void {
    for (const { sequence, end } of this.#flushes) {
      if (this.#isFlushed(sequence)) end();
    }
  }

  /** Asks the platform to keep the program running until everything is sent. */
  #holdOpen(): void {
    const { waitUntil } = this.#parts.options;
    if (!waitUntil || this.#release) return;
    const sent = new Promise<void>((resolve) => this.#release = resolve);
    try {
      Promise.resolve(waitUntil(sent)).catch(() => {});
    } catch {
      // The platform may no longer accept promises for this request.
    }
  }
}
