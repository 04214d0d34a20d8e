/**
 * Records a run by combining its registration, its spans and its upload.
 *
 * @module
 */

import type { PrefactorHttpClient } from "../client.ts";
import { runtimeEnvironment } from "../environment.ts";
import { PrefactorClientError } from "../errors/errors.ts";
import { formatValue, isObject, isTimestamp } from "../guards.ts";
import type { AgentInstance, RegisterInstanceRequest } from "../models/agent_instance.ts";
import type { JsonObjectLike } from "../models/common.ts";
import { type RecorderOptions, resolveOptions } from "./options.ts";
import { ProblemReporter } from "./problems.ts";
import { type RecordingReport, SpanQueue } from "./queue.ts";
import { type EndStatus, type Place, Span } from "./span.ts";
import { TerminationWatch } from "./termination.ts";
import { Uploader } from "./uploader.ts";

/** Options of a span. */
export interface SpanOptions {
  /** The input of the step, which is copied as JSON. Defaults to `{}`. */
  payload?: JsonObjectLike | null | undefined;
  /** The start time of the step: a `Date` or an ISO 8601 date-time. Defaults to now. */
  startedAt?: Date | string | null | undefined;
  /**
   * Whether the payload and the result contain wrapped sensitive values, in the platform's format. Defaults to `false`.
   */
  sensitiveEncoding?: boolean | null | undefined;
}

/** The default timeout of a flush, in ms. */
const FLUSH_TIMEOUT = 30_000;

/** Records a run. Its methods never throw or reject because of a recording problem. */
export class Recording {
  readonly #finishTimeout: number;
  readonly #problems: ProblemReporter;
  readonly #queue: SpanQueue;
  readonly #watch: TerminationWatch;
  readonly #uploader: Uploader;
  readonly #open = new Set<Span>();
  #finished: Promise<void> | undefined;

  /** Registers the run in the background. */
  constructor(client: PrefactorHttpClient, params: RegisterInstanceRequest, options: RecorderOptions) {
    const resolved = resolveOptions(options);
    this.#finishTimeout = resolved.finishTimeout;
    this.#problems = new ProblemReporter(resolved.onProblem);
    this.#queue = new SpanQueue(resolved);
    this.#watch = new TerminationWatch(client, resolved.terminationPoll);
    this.#uploader = new Uploader({
      client,
      options: resolved,
      queue: this.#queue,
      problems: this.#problems,
      watch: this.#watch,
      params: copyParams(params, client),
    });
  }

  /** Resolves to the instance when it has started. */
  get ready(): Promise<AgentInstance> {
    return this.#uploader.ready;
  }

  /** Aborts when a person terminates the run. */
  get signal(): AbortSignal {
    return this.#watch.signal;
  }

  /** Starts a span. */
  start(parent: Place | undefined, schemaName: string, options: SpanOptions | undefined): Span {
    const { payload, startedAt, sensitiveEncoding } = options ?? {};
    const name = typeof schemaName === "string" ? schemaName : formatValue(schemaName);
    const span = new Span({
      schemaName: name,
      parent,
      startedAt: this.#timeOf(startedAt, name),
      isSensitive: sensitiveEncoding === true,
      payload: this.#toJson(payload ?? {}, name),
    });
    if (this.#queue.addStart(span)) {
      this.#open.add(span);
      this.#uploader.notify();
    } else {
      this.#problems.report({ kind: "dropped", error: span.error, schemaName: name, count: 1 });
    }
    return span;
  }

  /** Sets the result that a span ends with, unless it has ended already. */
  setResult(span: Span, result: JsonObjectLike): void {
    if (this.#open.has(span)) span.result = this.#toJson(result, span.schemaName);
  }

  /** Ends a span, unless it has ended already. */
  end(span: Span, status: EndStatus): void {
    if (!this.#open.delete(span)) return;
    const { startedAt, result, schemaName } = span;
    span.result = undefined;
    // `Date` cannot read every date-time, such as that of a leap second.
    const start = typeof startedAt === "string" ? Date.parse(startedAt) || 0 : startedAt;
    if (this.#queue.addEnd(span, { status, at: Math.max(Date.now(), start), result })) {
      this.#uploader.notify();
    } else this.#problems.report({ kind: "dropped", schemaName, count: 1 });
  }

  /** Sends everything that was recorded before the call. */
  async flush(timeout: number | undefined = FLUSH_TIMEOUT): Promise<RecordingReport> {
    await this.#uploader.flush(timeout);
    return this.#queue.report;
  }

  /** Ends open spans, sends what is left and finishes the run. Only the first call has an effect. */
  async finish(
    status: EndStatus = "complete",
    timeout: number = this.#finishTimeout,
  ): Promise<RecordingReport> {
    if (!this.#finished) {
      for (const span of [...this.#open].reverse()) this.end(span, status);
      this.#queue.stop(new PrefactorClientError("Cannot record the span: the run is finished"));
      this.#finished ??= this.#uploader.finish(status, timeout); // `onProblem` may have finished the run
    }
    await this.#finished;
    return this.#queue.report;
  }

  #timeOf(value: Date | string | null | undefined, schemaName: string): string | number {
    if (value === undefined || value === null) return Date.now();
    if (isTimestamp(value)) return typeof value === "string" ? value : value.getTime();
    const error = new PrefactorClientError(
      `Cannot record the start: 'startedAt' must be a valid Date or an ISO 8601 date-time, but is ${
        formatValue(value)
      }`,
    );
    this.#problems.report({ kind: "payload", error, schemaName, count: 1 });
    return Date.now();
  }

  /** Serializes a payload or a result, or returns `{}` if that is not possible. */
  #toJson(value: JsonObjectLike, schemaName: string): string {
    let error: unknown;
    try {
      const json: string | undefined = JSON.stringify(value);
      if (json?.startsWith("{")) return json;
      const shown = formatValue(value);
      error = new PrefactorClientError(`Cannot record the payload: it must be an object, but is ${shown}`);
    } catch (cause) {
      error = new PrefactorClientError("Cannot record the payload: it cannot be written as JSON", { cause });
    }
    this.#problems.report({ kind: "payload", error, schemaName, count: 1 });
    return "{}";
  }
}

/** Copies the params of the registration and fills in the runtime environment. */
function copyParams(
  params: RegisterInstanceRequest,
  client: PrefactorHttpClient,
): () => RegisterInstanceRequest {
  try {
    const copy = JSON.parse(JSON.stringify({ ...params }));
    copy.idempotency_key ??= client.createIdempotencyKey();
    const { agent_version: version } = copy;
    if (isObject(version)) version["runtime_environment"] ??= runtimeEnvironment();
    return () => copy;
  } catch (cause) {
    const message = "Cannot register the agent instance: 'params' cannot be written as JSON";
    return () => {
      throw new PrefactorClientError(message, { cause });
    };
  }
}
