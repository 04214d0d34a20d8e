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

/** Options of {@linkcode RunRecorder.finish}. */
export interface FinishRunOptions {
  /** The status of the run. Defaults to `"complete"`. */
  status?: EndStatus | undefined;
  /** The maximum time to finish the run, in ms. Defaults to the recorder's `finishTimeout`. */
  timeout?: number | undefined;
}

/**
 * Records a run in the background. Recording steps never waits for the network, and no method throws or rejects because
 * of a recording problem: problems are reported to `onProblem`.
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
   * Creates the recorder of a run that starts now, and registers and starts the run in the background.
   *
   * @param client The client that sends the requests. It must stay open until the run is finished.
   * @param params The agent, its version and its schemas. `agent_version.runtime_environment` defaults to the result of
   * `runtimeEnvironment()`.
   * @param options How spans are sent, the limits of the queue, and how problems are handled.
   * @throws {PrefactorClientError} If an option is invalid.
   */
  constructor(client: PrefactorHttpClient, params: RegisterInstanceRequest, options: RecorderOptions = {}) {
    this.#recording = new Recording(client, params, options);
  }

  /** Resolves to the instance when it has started. Rejects if it cannot be started, or if the run ends first. */
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
   * @param schemaName The span type, as declared in the registration.
   * @param work The step, which is called synchronously with the recorder of its span.
   * @returns The result of the step. If the step throws, the promise rejects with the same error and the span is
   * `failed`.
   */
  span<T>(schemaName: string, work: SpanWork<T>): Promise<T>;
  /**
   * Runs a step and records it as a span.
   *
   * @param schemaName The span type, as declared in the registration.
   * @param options The payload and the start time of the span.
   * @param work The step, which is called synchronously with the recorder of its span.
   * @returns The result of the step. If the step throws, the promise rejects with the same error and the span is
   * `failed`.
   */
  span<T>(schemaName: string, options: SpanOptions | undefined, work: SpanWork<T>): Promise<T>;
  /** Implements both overloads. */
  span<T>(schemaName: string, ...args: SpanArguments<T>): Promise<T> {
    return recordSpan(this.#recording, undefined, schemaName, args);
  }

  /**
   * Starts a span for a step that is not a single function.
   *
   * @param schemaName The span type, as declared in the registration.
   * @param options The payload and the start time of the span.
   * @returns The recorder of the span.
   */
  startSpan(schemaName: string, options?: SpanOptions): SpanRecorder {
    return new SpanRecorder(this.#recording, this.#recording.start(undefined, schemaName, options));
  }

  /**
   * Sends everything that was recorded before the call.
   *
   * @param options `timeout`: the maximum time to wait, in ms. Defaults to 30,000.
   * @returns The number of spans by outcome, since the run began. `pending` is more than 0 if the timeout expired first.
   */
  flush(options?: { timeout?: number | undefined }): Promise<RecordingReport> {
    return this.#recording.flush(options?.timeout);
  }

  /**
   * Ends open spans, sends what is left and finishes the run. Spans that cannot be sent in time and spans that start
   * later are dropped. Only the first call has an effect.
   *
   * @param options The status of the run, and the timeout.
   * @returns The number of spans by outcome.
   */
  finish(options?: FinishRunOptions): Promise<RecordingReport> {
    return this.#recording.finish(options?.status, options?.timeout);
  }

  /** Finishes the run as `complete`, unless it is already finished. For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }
}

/**
 * Runs a function and records it as a run. Recording never changes what the function returns or throws.
 *
 * @param client The client that sends the requests.
 * @param params The agent, its version and its schemas. `agent_version.runtime_environment` defaults to the result of
 * `runtimeEnvironment()`.
 * @param work The function, which is called synchronously with the recorder of the run.
 * @param options How spans are sent, the limits of the queue, and how problems are handled.
 * @returns The result of the function, once the run is finished. If the function throws, the promise rejects with the
 * same error and the run is `failed`.
 * @throws {PrefactorClientError} If an option is invalid. The function is then not called.
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
