/**
 * A whole Prefactor API in memory, to test agents and clients against.
 *
 * {@linkcode PrefactorSandbox} takes requests and answers as the platform would. It needs no network, no account and
 * no mock: give its config to a client, or serve it to one in any language.
 *
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const sandbox = new PrefactorSandbox();
 * await using client = new PrefactorHttpClient(sandbox.config({ initialRetryDelay: 1 }));
 * const { id } = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { "agent:llm": { type: "object", required: ["model"] } } },
 * });
 * await client.agentInstances.start(id);
 *
 * // The first answer is lost on its way. The client asks again, and the span is there once.
 * sandbox.faults.next({ kind: "lose" });
 * const span = await client.agentSpans.create({
 *   agent_instance_id: id,
 *   schema_name: "agent:llm",
 *   status: "active",
 *   payload: { model: "small" },
 * });
 * assertEquals([...sandbox.spans.keys()], [span.id]);
 * assertEquals(sandbox.requests.map(({ path }) => path), [
 *   "/api/v1/agent_instance/register",
 *   `/api/v1/agent_instance/${id}/start`,
 *   "/api/v1/agent_spans",
 *   "/api/v1/agent_spans",
 * ]);
 * ```
 *
 * {@linkcode stubFetch} puts a sandbox in place of the global `fetch`, for code that makes its client itself.
 * `@prefactor/http/sandbox` is a server around a sandbox.
 *
 * ## Where the platform's reference is silent
 *
 * - A wrong token is told before a wrong path, a wrong path before a wrong method, a wrong method before a wrong body.
 *   An empty body counts as `{}`.
 * - An idempotency key counts for one method and path, or for one type of bulk item. The first answer is kept, also
 *   where it is an error; a request that was not carried out (400, 401, 404 of the path, 405) leaves none.
 * - Any `id` that is no empty string is taken, PFID or not, and so is any `parent_span_id`.
 * - Spans may be created in an instance of any status. A span has no `terminated`.
 * - `update_current_version` counts as `true` where it is left out.
 * - A payload that differs from its schema leaves `schema_mismatches` on the span.
 * - `pagination[offset]` counts spans; a page has 100 unless `pagination[page_size]` is given.
 *
 * @module
 */

export type { Fault, FaultKind } from "./fault.ts";
export type { NextFaultOptions, RandomFaultOptions, SandboxFaults } from "./faults.ts";
export type { SandboxRequest } from "./request_log.ts";
export { PrefactorSandbox } from "./sandbox.ts";
export type { SandboxFetchInit, SandboxOptions } from "./sandbox.ts";
export type {
  PayloadValidator,
  SandboxAgent,
  SandboxDeployment,
  SandboxInstance,
  SandboxSpan,
} from "./store.ts";
export { stubFetch } from "./stub_fetch.ts";
export type { FetchStub, StubFetchOptions } from "./stub_fetch.ts";
