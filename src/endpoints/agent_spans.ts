/**
 * The client for spans.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type AgentSpan,
  type AgentSpanSummary,
  type CreateSpanRequest,
  type FinishSpanRequest,
  type GetSpanRequest,
  isAgentSpan,
  isAgentSpanSummary,
  isCreateSpanRequest,
  isFinishSpanRequest,
  isGetSpanRequest,
  isListSpansRequest,
  type ListSpansRequest,
} from "../models/agent_span.ts";
import { type IdempotentRequest, isIdempotentRequest } from "../models/common.ts";
import type { Page } from "../models/page.ts";
import { asQuery, details, execute, flat, inDetails, type Operation, page } from "./operation.ts";
import { listAll } from "./pages.ts";

export const CREATE_SPAN: Operation<CreateSpanRequest, AgentSpan> = {
  action: "create the span",
  method: "POST",
  path: "/api/v1/agent_spans",
  isParams: isCreateSpanRequest,
  encode: inDetails,
  defaults: () => ({ payload: {} }),
  decode: /* @__PURE__ */ details(isAgentSpan),
  bulkType: "agent_spans/create",
};

export const FINISH_SPAN: Operation<FinishSpanRequest, AgentSpan> = {
  action: "finish the span",
  method: "POST",
  path: "/api/v1/agent_spans/{id}/finish",
  isParams: isFinishSpanRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgentSpan),
  idField: "agent_span_id",
  bulkType: "agent_spans/finish",
};

const DISCARD_SENSITIVE: Operation<IdempotentRequest, AgentSpan> = {
  action: "discard the sensitive values of the span",
  method: "POST",
  path: "/api/v1/agent_spans/{id}/discard_sensitive",
  isParams: isIdempotentRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgentSpan),
  idField: "agent_span_id",
};

const GET: Operation<GetSpanRequest, AgentSpan> = {
  action: "get the span",
  method: "GET",
  path: "/api/v1/agent_spans/{id}",
  isParams: isGetSpanRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isAgentSpan),
  idField: "agent_span_id",
};

const LIST: Operation<ListSpansRequest, Page<AgentSpanSummary>> = {
  action: "list the spans",
  method: "GET",
  path: "/api/v1/agent_spans",
  isParams: isListSpansRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ page(isAgentSpanSummary),
};

/**
 * Creates, finishes and reads spans, the steps of a run. Reading needs an account-scoped token.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const instance = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { search: { type: "object" } } },
 * });
 * const { id } = await client.agentSpans.create({
 *   agent_instance_id: instance.id,
 *   schema_name: "search",
 *   status: "active",
 *   payload: { query: "retry" },
 * });
 * const span = await client.agentSpans.finish(id, { result_payload: { hits: 3 } });
 * console.log(span.status); // complete
 * ```
 */
export class AgentSpanClient {
  readonly #requester: HttpRequester;

  /**
   * Creates the client.
   *
   * @param requester The sender of the requests, usually a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Creates a span, which records a step of a run.
   *
   * @param params The instance, the span type, its status and payload. `payload` defaults to `{}`.
   * @param options Options of this call.
   * @returns The span.
   * @throws {PrefactorClientError} If an argument is invalid. Nothing was sent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   * @throws {PrefactorResponseContractError} If the response contains no valid span. The span may have been created
   * nevertheless; `body` is the response.
   */
  create(params: CreateSpanRequest, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: CREATE_SPAN, params, options });
  }

  /**
   * Finishes a span: an `active` one as `complete` or `failed`, a `pending` one as `cancelled`.
   *
   * @param id The ID of the span.
   * @param params The result; the status, which defaults to `complete`; and the end time, which defaults to the
   * platform's current time.
   * @param options Options of this call.
   * @returns The finished span.
   * @throws {PrefactorClientError} If an argument is invalid. Nothing was sent.
   * @throws {PrefactorApiError} If the status of the span does not allow it: code `"invalid_action"`, status 409.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  finish(id: string, params: FinishSpanRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: FINISH_SPAN, id, params, options });
  }

  /**
   * Permanently deletes the sensitive values of a span from the platform.
   *
   * @param id The ID of the span.
   * @param params The idempotency key. Defaults to a generated one.
   * @param options Options of this call.
   * @returns The span.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  discardSensitive(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: DISCARD_SENSITIVE, id, params, options });
  }

  /**
   * Gets a span by its ID.
   *
   * @param id The ID of the span.
   * @param params Whether to redact sensitive values, which defaults to `false`.
   * @param options Options of this call.
   * @returns The span.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  get(id: string, params: GetSpanRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: GET, id, params, options });
  }

  /**
   * Reads one page of the spans of an instance or an agent.
   *
   * @param params Exactly one of `agent_instance_id` and `agent_id`, the page and the filters.
   * @param options Options of this call.
   * @returns The page.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  list(params: ListSpansRequest, options?: RequestOptions): Promise<Page<AgentSpanSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Iterates over all spans, requesting one page at a time.
   *
   * @param params The instance or agent, the filters, and the page to start from. `page_size` defaults to 100.
   * @param options Options of each request.
   * @returns An async generator of spans.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  listAll(params: ListSpansRequest, options?: RequestOptions): AsyncGenerator<AgentSpanSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }
}
