/**
 * The recorder of a run.
 *
 * @module
 */

import type { PrefactorHttpClient } from "../client.ts";
import type { AgentInstance, RegisterInstanceRequest } from "../models/agent_instance.ts";
import type { RecorderOptions } from "./options.ts";
import type { RecordingReport } from "./queue.ts";
import { Recording, type SpanOptions } from "./recording.ts";
import type { EndStatus } from "./span.ts";
import { recordSpan, type SpanArguments, SpanRecorder, type SpanWork } from "./span_recorder.ts";

/** How a run ends. */
export interface FinishRunOptions {
  /** The status of the run. Defaults to `"complete"`. */
  status?: EndStatus | undefined;
  /** The most that the finish may take, in ms. Defaults to `finishTimeout`. */
  timeout?: number | undefined;
}

/**
 * Records a run in the background. Nothing here waits for the network, and nothing throws or rejects because of
 * recording: problems are reported to `onProblem`.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { RunRecorder } from "@prefactor/http/recorder";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const run = new RunRecorder(client, {
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { search: { type: "object" } } },
 * });
 * const span = run.startSpan("search", { payload: { query: "retry" } });
 * span.finish({ result: { hits: 3 } });
 * console.log(await run.finish()); // { recorded: 1, failed: 0, dropped: 0, pending: 0 }
 * ```
 */
export class RunRecorder {
  readonly #recording: Recording;

  /**
   * Registers and starts a run in the background. The run starts now.
   *
   * @param client The client that sends what is recorded. It must stay open until the run is finished.
   * @param params The agent, its version and schemas. `agent_version.runtime_environment` defaults to that of the
   * program.
   * @param options How spans are sent, the bounds of what waits, and what happens to problems.
   * @throws {PrefactorClientError} If an option is invalid.
   */
  constructor(client: PrefactorHttpClient, params: RegisterInstanceRequest, options: RecorderOptions = {}) {
    this.#recording = new Recording(client, params, options);
  }

  /** The instance, once it has started. Rejects if it cannot be started, or if the run ended first. */
  get ready(): Promise<AgentInstance> {
    return this.#recording.ready;
  }

  /** Aborts with a `PrefactorTerminatedError` when a person terminates the run. */
  get signal(): AbortSignal {
    return this.#recording.signal;
  }

  /**
   * Runs a step and records it as a span.
   *
   * @param schemaName The type of the span, as the registration declares it.
   * @param work The step. It is called synchronously, with the recorder of its span.
   * @returns What the step returns. The promise rejects with what the step throws; the span is then `failed`.
   */
  span<T>(schemaName: string, work: SpanWork<T>): Promise<T>;
  /**
   * Runs a step and records it as a span.
   *
   * @param schemaName The type of the span, as the registration declares it.
   * @param options The payload and the start of the span.
   * @param work The step. It is called synchronously, with the recorder of its span.
   * @returns What the step returns. The promise rejects with what the step throws; the span is then `failed`.
   */
  span<T>(schemaName: string, options: SpanOptions | undefined, work: SpanWork<T>): Promise<T>;
  /** Implements both forms. */
  span<T>(schemaName: string, ...args: SpanArguments<T>): Promise<T> {
    return recordSpan(this.#recording, undefined, schemaName, args);
  }

  /**
   * Starts a span, for a step that is not one function.
   *
   * @param schemaName The type of the span, as the registration declares it.
   * @param options The payload and the start of the span.
   * @returns The recorder of the span.
   */
  startSpan(schemaName: string, options?: SpanOptions): SpanRecorder {
    return new SpanRecorder(this.#recording, this.#recording.start(undefined, schemaName, options));
  }

  /**
   * Sends everything that was recorded before the call.
   *
   * @param options `timeout`: the most that this may take, in ms. Defaults to 30,000.
   * @returns What became of the spans since the run began. `pending` is not 0 if the time was up.
   */
  flush(options?: { timeout?: number | undefined }): Promise<RecordingReport> {
    return this.#recording.flush(options?.timeout);
  }

  /**
   * Ends open spans, sends what is left and finishes the run. What cannot be sent in time is dropped, and so are spans
   * that start later. Only the first call counts.
   *
   * @param options The status of the run, and the time that this may take.
   * @returns What became of the spans of the run.
   */
  finish(options?: FinishRunOptions): Promise<RecordingReport> {
    return this.#recording.finish(options?.status, options?.timeout);
  }

  /** Finishes the run as `complete` if it is not finished, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }
}

/**
 * Records a run that is one function. Recording never changes what the function returns or throws.
 *
 * @param client The client that sends what is recorded.
 * @param params The agent, its version and schemas. `agent_version.runtime_environment` defaults to that of the
 * program.
 * @param work The run. It is called synchronously, with the recorder of the run.
 * @param options How spans are sent, the bounds of what waits, and what happens to problems.
 * @returns What the function returns, after the run was finished. The promise rejects with what the function throws;
 * the run is then `failed`.
 * @throws {PrefactorClientError} If an option is invalid; the function was not called.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { recordRun } from "@prefactor/http/recorder";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const params = {
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { plan: { type: "object" }, search: { type: "object" } } },
 * };
 * const answer = await recordRun(client, params, (run) =>
 *   run.span("plan", { payload: { question: "How long does a retry wait?" } }, async (plan) => {
 *     const hits = await plan.span("search", { payload: { query: "retry" } }, () => ["1 s", "2 s"]);
 *     plan.setResult({ hits: hits.length });
 *     return hits[0];
 *   }));
 * console.log(answer); // 1 s
 * ```
 */
export async function recordRun<T>(
  client: PrefactorHttpClient,
  params: RegisterInstanceRequest,
  work: (run: RunRecorder) => T | Promise<T>,
  options: RecorderOptions = {},
): Promise<T> {
  const run = new RunRecorder(client, params, options);
  let status: EndStatus = "failed";
  try {
    const result = await work(run);
    status = "complete";
    return result;
  } finally {
    const finished = run.finish({ status });
    if (!options.waitUntil) await finished;
  }
}
