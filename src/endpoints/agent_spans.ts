/**
 * The operations on spans.
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
import { type Operation, perform } from "./operation.ts";

const CREATE: Operation<CreateSpanRequest, AgentSpan> = {
  action: "create the span",
  path: "/api/v1/agent_spans",
  isParams: isCreateSpanRequest,
  defaults: () => ({ payload: {} }),
  inDetails: true,
  isDetails: isAgentSpan,
};

const FINISH: Operation<FinishSpanRequest, AgentSpan> = {
  action: "finish the span",
  path: "/api/v1/agent_spans/{id}/finish",
  isParams: isFinishSpanRequest,
  defaults: () => ({}),
  isDetails: isAgentSpan,
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
   * Makes the client on top of whatever sends its requests.
   *
   * @param requester What sends the requests, such as a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Records a step.
   *
   * @param params The instance, the type of span, its status, and what the step was given.
   * @param options What is to differ from the client's config for this call.
   * @returns The span.
   * @throws {PrefactorClientError} For a wrong argument, before anything is sent.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   * @throws {PrefactorResponseContractError} Where the answer holds no span; it may have been created all the
   * same, and `body` says what came.
   */
  create(params: CreateSpanRequest, options?: RequestOptions): Promise<AgentSpan> {
    return perform(this.#requester, CREATE, undefined, params, options);
  }

  /**
   * Records the end of a step: one that is `active` as `complete` or `failed`, one that is still `pending` as
   * `cancelled`.
   *
   * @param id The id of the span.
   * @param params How and when it ended, and what came of it; `complete` and now, as the server sees it,
   * unless given.
   * @param options What is to differ from the client's config for this call.
   * @returns The span as it ended.
   * @throws {PrefactorClientError} For a wrong argument, before anything is sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) where it cannot end so, or has ended.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   */
  finish(id: string, params: FinishSpanRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    return perform(this.#requester, FINISH, id, params, options);
  }
}
