/**
 * The recorder of a span.
 *
 * @module
 */

import type { JsonObjectLike } from "../models/common.ts";
import { reasonOf } from "../redaction.ts";
import type { Recording, SpanOptions } from "./recording.ts";
import type { EndStatus, Place, Span } from "./span.ts";

/** Options of {@linkcode SpanRecorder.finish}. */
export interface FinishSpanOptions {
  /** The status of the span. Defaults to `"complete"`. */
  status?: EndStatus | undefined;
  /** The result of the step, which is copied as JSON. Defaults to the result that `setResult` has set. */
  result?: JsonObjectLike | null | undefined;
}

/** A step of a run. It receives the recorder of its span. */
export type SpanWork<T> = (span: SpanRecorder) => T | Promise<T>;

/**
 * Records a span, which is one step of a run. Apart from `id`, nothing throws or rejects because of a recording problem.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { RunRecorder } from "@prefactor/http/recorder";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * await using run = new RunRecorder(client, {
 *   agent_id: "librarian",
 *   agent_version: {},
 *   agent_schema_version: { span_schemas: { search: { type: "object" } } },
 * });
 * const span = run.startSpan("search", { payload: { query: "retry" } });
 * span.finish({ result: { hits: 3 } });
 * ```
 */
export class SpanRecorder {
  readonly #recording: Recording;
  readonly #span: Span;
  #id: Promise<string> | undefined;

  /**
   * Creates the recorder of a span. `startSpan` and `span` call it.
   *
   * @internal
   */
  constructor(recording: Recording, span: Span) {
    this.#recording = recording;
    this.#span = span;
  }

  /** Resolves to the ID of the span when its start is recorded. Rejects if the span is not recorded. */
  get id(): Promise<string> {
    if (!this.#id) {
      const span = this.#span;
      this.#id = new Promise<string>((resolve, reject) => {
        const settle = () => span.id === undefined ? reject(span.error) : resolve(span.id);
        if (span.startItem) span.onStartDone = settle;
        else settle();
      });
      this.#id.catch(() => {});
    }
    return this.#id;
  }

  /**
   * Runs a step and records it as a child of this span.
   *
   * @param schemaName The span type, as declared in the registration.
   * @param work The step, which is called synchronously with the recorder of its span.
   * @returns The result of the step. If the step throws, the promise rejects with the same error and the span is
   * `failed`.
   */
  span<T>(schemaName: string, work: SpanWork<T>): Promise<T>;
  /**
   * Runs a step and records it as a child of this span.
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
    return recordSpan(this.#recording, this.#span.place, schemaName, args);
  }

  /**
   * Starts a child span for a step that is not a single function.
   *
   * @param schemaName The span type, as declared in the registration.
   * @param options The payload and the start time of the span.
   * @returns The recorder of the span.
   */
  startSpan(schemaName: string, options?: SpanOptions): SpanRecorder {
    return new SpanRecorder(this.#recording, this.#recording.start(this.#span.place, schemaName, options));
  }

  /**
   * Sets the result of the span, which is sent when the span ends.
   *
   * @param payload The result, which is copied as JSON.
   */
  setResult(payload: JsonObjectLike): void {
    this.#recording.setResult(this.#span, payload);
  }

  /**
   * Ends the span. Only the first call has an effect.
   *
   * @param options The status and the result of the span.
   */
  finish(options?: FinishSpanOptions): void {
    const { status = "complete", result } = options ?? {};
    if (result !== undefined && result !== null) this.setResult(result);
    this.#recording.end(this.#span, status);
  }

  /** Ends the span as `complete`, for `using`. */
  [Symbol.dispose](): void {
    this.finish();
  }
}

/** The arguments of `span` after the schema name. */
export type SpanArguments<T> =
  | [work: SpanWork<T>]
  | [options: SpanOptions | undefined, work: SpanWork<T>];

/** Runs a step between the start and the end of its span. */
export async function recordSpan<T>(
  recording: Recording,
  parent: Place | undefined,
  schemaName: string,
  args: SpanArguments<T>,
): Promise<T> {
  const [options, work] = args.length === 1 ? [undefined, args[0]] : args;
  const span = recording.start(parent, schemaName, options);
  try {
    const result = await work(new SpanRecorder(recording, span));
    recording.end(span, "complete");
    return result;
  } catch (error) {
    if (span.result === undefined) {
      recording.setResult(span, { error: { name: nameOf(error), message: reasonOf(error) } });
    }
    recording.end(span, "failed");
    throw error;
  }
}

function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.name) : typeof error;
  } catch {
    return "Error";
  }
}
