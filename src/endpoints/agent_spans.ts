/**
 * The client for spans.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type AgentSpan,
  type CreateSpanRequest,
  type FinishSpanRequest,
  isAgentSpan,
  isCreateSpanRequest,
  isFinishSpanRequest,
} from "../models/agent_span.ts";
import { details, execute, flat, inDetails, type Operation } from "./operation.ts";

export const CREATE_SPAN: Operation<CreateSpanRequest, AgentSpan> = {
  action: "create the span",
  method: "POST",
  path: "/api/v1/agent_spans",
  isParams: isCreateSpanRequest,
  encode: inDetails,
  defaults: () => ({ payload: {} }),
  decode: details(isAgentSpan),
  bulk: { type: "agent_spans/create" },
};

export const FINISH_SPAN: Operation<FinishSpanRequest, AgentSpan> = {
  action: "finish the span",
  method: "POST",
  path: "/api/v1/agent_spans/{id}/finish",
  isParams: isFinishSpanRequest,
  encode: flat,
  decode: details(isAgentSpan),
  bulk: { type: "agent_spans/finish", idField: "agent_span_id" },
};

/**
 * Creates and finishes spans, the steps of a run.
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
   * @param requester Sends the requests, such as a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Creates a span, which records a step of a run.
   *
   * @param params The instance, the type of span, its status and payload. `payload` defaults to `{}`.
   * @param options Options of this call.
   * @returns The span.
   * @throws {PrefactorClientError} If an argument is invalid; nothing was sent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   * @throws {PrefactorResponseContractError} If the response holds no valid span. The span may have been created;
   * `body` is the response.
   */
  create(params: CreateSpanRequest, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: CREATE_SPAN, params, options });
  }

  /**
   * Finishes a span: an `active` one as `complete` or `failed`, a `pending` one as `cancelled`.
   *
   * @param id The id of the span.
   * @param params How and when the step ended, and its result. Defaults to `complete` and now, by the server's clock.
   * @param options Options of this call.
   * @returns The finished span.
   * @throws {PrefactorClientError} If an argument is invalid; nothing was sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) if its status does not allow it.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  finish(id: string, params: FinishSpanRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    return execute({ requester: this.#requester, operation: FINISH_SPAN, id, params, options });
  }
}
