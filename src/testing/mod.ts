/**
 * An in-memory Prefactor API for testing agents and clients.
 *
 * {@linkcode PrefactorSandbox} handles requests like the platform does. It needs no network, account or mocks. Pass its
 * config to a client, or serve it over HTTP for clients in any language.
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
 * // The first response is lost. The client retries, and the span is recorded once.
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
 * {@linkcode stubFetch} replaces the global `fetch` with a sandbox, for code that creates its own client.
 * `@prefactor/http/sandbox` serves a sandbox over HTTP.
 *
 * ## Choices for undocumented behavior of the platform
 *
 * - Errors are checked in this order: token, path, method, scope of the token, body, fields, existence, state. An empty
 *   body counts as `{}`.
 * - An idempotency key applies to one method and path, or to one type of bulk item, and to the account or the deployment
 *   of the token. The first reply to it is recorded, even if it is an error. If a request is rejected before its
 *   operation runs, its reply is not recorded.
 * - An `id` can be any non-empty string, PFID or not, and so can a `parent_span_id`.
 * - Spans can be created in an instance of any status. A span cannot be created as `terminated`.
 * - `update_current_version` defaults to `true`.
 * - A payload that does not match its schema adds `schema_mismatches` to the span.
 * - The fields of a bulk item can be in `details` or beside `_type`, regardless of the operation.
 * - `pagination[offset]` counts records. A page has 100 records by default.
 * - A body can have at most 1,000 levels of objects and arrays.
 * - Registering an instance of an unknown agent creates the agent, without a name. An agent is `pending` until its first
 *   registration or until it is reinstated, and then `active`. Only a retired agent can be reinstated. Deleting an agent
 *   does not delete its instances.
 * - Several agents can have the same `external_identifier`; `show` finds the first. Its `risk_rollup` is always `null`.
 * - The name of an alert must be one of `alert_schemas` if the registration declared any; otherwise any name is
 *   accepted. The payload is not validated. An instance has at most one raised alert with a given name: raising it
 *   again replaces its severity and payload. Clearing an alert that is not raised results in a 409.
 * - Only qualities that the registration declared can be recorded. Their payloads are not validated.
 * - Templates use Liquid with `if`, `elsif` and `else`, comparisons, paths such as `inputs["ai.model.id"]`, and the
 *   filters `default`, `size`, `truncate`, `truncatewords`, `upcase` and `downcase`. The template of a span can use the
 *   fields of the payload and the result; the result takes precedence. Objects, including wrapped sensitive values,
 *   render as nothing. A summary has at most 1,000 characters, and is `null` if the template is invalid.
 * - Terminating an instance does not change its spans.
 * - Sensitive values are the objects `{ $sensitive, value, labels }` in payloads of spans with `sensitive_encoding`.
 *   The `value` of redacted and discarded ones is `null`.
 * - Costs come from the object `token_usage` in the result or the payload of a span, with `prompt_tokens`,
 *   `completion_tokens` and `cache_read_tokens`. A million of them cost 1, 5 and 0.1 dollars, regardless of the model.
 *   The model is `model` in the payload, or `model` or `ai.model.id` in its `inputs`. `get` includes costs and counts;
 *   `show` includes them only on request.
 * - Risks are not computed.
 * - An instance belongs to the deployment of its agent in its environment. The first registration creates the
 *   deployment, and a registration with `update_current_version` sets its current version.
 * - A registration records the version of the agent and the version of its schemas, or reuses recorded versions with the
 *   same content. Versions from `create` are never reused. The types in `span_schemas` are in the `span_type_schemas` of
 *   the recorded version.
 * - An API token is valid as soon as it is created. A token that is suspended, revoked or past its `expires_at` gets a
 *   401 with the code `bad_authtoken`; a token without `expires_at` does not expire. Only a revoked token can be
 *   deleted.
 * - A deployment-scoped token can change instances and spans of any agent. With it, requests that read, record
 *   qualities, raise alerts, terminate runs or discard sensitive values get a 401.
 * - An account initially has an environment and an admin user. An `account_id` can only be that of the sandbox's
 *   account. Records may refer to agents, people, teams and environments that do not exist.
 * - Testing an integration delivers nothing and always succeeds. All templates of risk profiles are the same.
 * - At most 1,000 PFIDs can be generated at once, with an account-scoped token.
 * - A list can be sorted by any stored field. Records without the field come last.
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
  SandboxAlert,
  SandboxDeployment,
  SandboxInstance,
  SandboxSpan,
} from "./store.ts";
export { stubFetch } from "./stub_fetch.ts";
export type { FetchStub, StubFetchOptions } from "./stub_fetch.ts";
