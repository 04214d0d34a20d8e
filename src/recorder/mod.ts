/**
 * Records the run of an agent in the background. Recording does not slow the agent down and never makes it fail.
 *
 * @example Record a run
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { recordRun } from "@prefactor/http/recorder";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * // The sandbox takes the place of { apiUrl: "https://app.prefactorai.com", apiToken: "…" }.
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const params = {
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { search: { type: "object" } } },
 * };
 * const hits = await recordRun(client, params, (run) =>
 *   run.span("search", { payload: { query: "retry" } }, (span) => {
 *     span.setResult({ hits: 3 });
 *     return 3;
 *   }));
 * console.log(hits); // 3
 * ```
 *
 * @module
 */

export type { RecorderOptions } from "./options.ts";
export type { RecordingProblem } from "./problems.ts";
export type { RecordingReport } from "./queue.ts";
export type { SpanOptions } from "./recording.ts";
export { type FinishRunOptions, recordRun, RunRecorder } from "./run_recorder.ts";
export type { EndStatus } from "./span.ts";
export { type FinishSpanOptions, SpanRecorder, type SpanWork } from "./span_recorder.ts";
