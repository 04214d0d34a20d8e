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
import { bodyFields, checkParams, pathSegment, postForDetails } from "./endpoint.ts";

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

  /** Makes the client on top of whatever sends its requests. */
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
  async create(params: CreateSpanRequest, options?: RequestOptions): Promise<AgentSpan> {
    const action = "create the span";
    checkParams(this.#requester, action, params, isCreateSpanRequest);
    const details = bodyFields(params);
    details["payload"] ??= {};
    return await postForDetails(
      this.#requester,
      action,
      "/api/v1/agent_spans",
      params.idempotency_key,
      { details },
      isAgentSpan,
      options,
    );
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
  async finish(id: string, params: FinishSpanRequest = {}, options?: RequestOptions): Promise<AgentSpan> {
    const action = "finish the span";
    const path = `/api/v1/agent_spans/${pathSegment(this.#requester, action, id)}/finish`;
    checkParams(this.#requester, action, params, isFinishSpanRequest);
    return await postForDetails(
      this.#requester,
      action,
      path,
      params.idempotency_key,
      bodyFields(params),
      isAgentSpan,
      options,
    );
  }
}
