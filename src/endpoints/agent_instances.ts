/**
 * The client for agent instances.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type AgentContext,
  type AgentInstance,
  type AgentInstanceSummary,
  type FinishInstanceRequest,
  isAgentContext,
  isAgentInstance,
  isAgentInstanceSummary,
  isFinishInstanceRequest,
  isListInstancesRequest,
  isRecordQualityRequest,
  isRegisterInstanceRequest,
  isShowInstanceRequest,
  isStartInstanceRequest,
  isTerminateInstanceRequest,
  type ListInstancesRequest,
  type RecordQualityRequest,
  type RegisterInstanceRequest,
  type ShowInstanceRequest,
  type StartInstanceRequest,
  type TerminateInstanceRequest,
} from "../models/agent_instance.ts";
import type { Page } from "../models/page.ts";
import { asQuery, details, execute, field, flat, isNoParams, type Operation, page } from "./operation.ts";
import { listAll } from "./pages.ts";

export const REGISTER_INSTANCE: Operation<RegisterInstanceRequest, AgentInstance> = {
  action: "register the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/register",
  isParams: isRegisterInstanceRequest,
  encode: flat,
  defaults: () => ({ update_current_version: true }),
  decode: /* @__PURE__ */ details(isAgentInstance),
  bulkType: "agent_instances/register",
};

export const START_INSTANCE: Operation<StartInstanceRequest, AgentInstance> = {
  action: "start the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/start",
  isParams: isStartInstanceRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgentInstance),
  idField: "agent_instance_id",
  bulkType: "agent_instances/start",
};

export const FINISH_INSTANCE: Operation<FinishInstanceRequest, AgentInstance> = {
  action: "finish the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/finish",
  isParams: isFinishInstanceRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgentInstance),
  isEnd: true,
  idField: "agent_instance_id",
  bulkType: "agent_instances/finish",
};

const TERMINATE: Operation<TerminateInstanceRequest, AgentInstance> = {
  action: "terminate the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/terminate",
  isParams: isTerminateInstanceRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgentInstance),
  idField: "agent_instance_id",
};

const RECORD_QUALITY: Operation<RecordQualityRequest, AgentInstance> = {
  action: "record the quality of the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/record_quality",
  isParams: isRecordQualityRequest,
  encode: flat,
  nullable: ["payload"],
  decode: /* @__PURE__ */ details(isAgentInstance),
  idField: "agent_instance_id",
};

const GET: Operation<Record<never, never>, AgentInstance> = {
  action: "get the agent instance",
  method: "GET",
  path: "/api/v1/agent_instance/{id}",
  isParams: isNoParams,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isAgentInstance),
  idField: "agent_instance_id",
};

const SHOW: Operation<ShowInstanceRequest, AgentInstance> = {
  action: "show the agent instance",
  method: "GET",
  path: "/api/v1/agent_instance/show",
  isParams: isShowInstanceRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isAgentInstance),
};

const LIST: Operation<ListInstancesRequest, Page<AgentInstanceSummary>> = {
  action: "list the agent instances",
  method: "GET",
  path: "/api/v1/agent_instance",
  isParams: isListInstancesRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ page(isAgentInstanceSummary),
};

const GET_CONTEXT: Operation<Record<never, never>, AgentContext> = {
  action: "get the context of the agent instance",
  method: "GET",
  path: "/api/v1/agent_instance/{id}/agent_context",
  isParams: isNoParams,
  encode: asQuery,
  decode: /* @__PURE__ */ field("agent_context", isAgentContext),
  idField: "agent_instance_id",
};

/**
 * Registers, starts, finishes and reads agent instances, the runs of an agent. Reading needs an account-scoped token.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const { id } = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { external_identifier: "1" },
 * });
 * await client.agentInstances.start(id);
 * const instance = await client.agentInstances.finish(id, { status: "complete" });
 * console.log(instance.status); // complete
 * ```
 */
export class AgentInstanceClient {
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
   * Registers a run of an agent, with the version of the agent and the types of the spans that it will record.
   *
   * @param params The agent, its version and schemas. `update_current_version` defaults to `true`.
   * @param options Options of this call.
   * @returns The instance, which is `pending`.
   * @throws {PrefactorClientError} If an argument is invalid. Nothing was sent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   * @throws {PrefactorResponseContractError} If the response contains no valid instance. The instance may have been
   * registered nevertheless; `body` is the response.
   */
  register(params: RegisterInstanceRequest, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: REGISTER_INSTANCE, params, options });
  }

  /**
   * Starts a `pending` run.
   *
   * @param id The ID of the instance.
   * @param params The start time, which defaults to the platform's current time, and the idempotency key.
   * @param options Options of this call.
   * @returns The instance, which is `active`.
   * @throws {PrefactorClientError} If an argument is invalid. Nothing was sent.
   * @throws {PrefactorApiError} If the run is not `pending`: code `"invalid_action"`, status 409.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  start(id: string, params: StartInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: START_INSTANCE, id, params, options });
  }

  /**
   * Finishes a run: an `active` one as `complete` or `failed`, a `pending` one as `cancelled`.
   *
   * @param id The ID of the instance.
   * @param params The status, which defaults to `complete`, and the end time, which defaults to the platform's current
   * time.
   * @param options Options of this call.
   * @returns The finished instance.
   * @throws {PrefactorClientError} If an argument is invalid. Nothing was sent.
   * @throws {PrefactorApiError} If the status of the run does not allow it: code `"invalid_action"`, status 409.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  finish(id: string, params: FinishInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: FINISH_INSTANCE, id, params, options });
  }

  /**
   * Terminates an `active` run permanently. Later responses about the run tell the agent to stop, which aborts its
   * `terminationSignal`.
   *
   * @param id The ID of the instance.
   * @param params The reason, which the agent receives, and the time, which defaults to the platform's current time.
   * @param options Options of this call.
   * @returns The terminated instance.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  terminate(id: string, params: TerminateInstanceRequest, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: TERMINATE, id, params, options });
  }

  /**
   * Records a quality of a run, such as the result of an evaluation. Other qualities are not affected.
   *
   * @param id The ID of the instance.
   * @param params The name of the quality, as declared in the registration, and its payload, or `null` to remove it.
   * @param options Options of this call.
   * @returns The instance.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  recordQuality(id: string, params: RecordQualityRequest, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: RECORD_QUALITY, id, params, options });
  }

  /**
   * Gets an instance by its ID.
   *
   * @param id The ID of the instance.
   * @param options Options of this call.
   * @returns The instance.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  get(id: string, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /**
   * Gets an instance by its ID or by your own identifier, optionally with its counts, costs and risk.
   *
   * @param params Exactly one of `agent_instance_id` and `external_identifier`, and what to include.
   * @param options Options of this call.
   * @returns The instance.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  show(params: ShowInstanceRequest, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: SHOW, params, options });
  }

  /**
   * Reads one page of the instances of an agent.
   *
   * @param params The agent, the page and the filters.
   * @param options Options of this call.
   * @returns The page.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  list(params: ListInstancesRequest, options?: RequestOptions): Promise<Page<AgentInstanceSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Iterates over all instances, requesting one page at a time.
   *
   * @param params The agent, the filters, and the page to start from. `page_size` defaults to 100.
   * @param options Options of each request.
   * @returns An async generator of instances.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  listAll(
    params: ListInstancesRequest,
    options?: RequestOptions,
  ): AsyncGenerator<AgentInstanceSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Gets the context of an instance: a description of its run as text for another agent.
   *
   * @param id The ID of the instance.
   * @param options Options of this call.
   * @returns The context.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  getContext(id: string, options?: RequestOptions): Promise<AgentContext> {
    return execute({ requester: this.#requester, operation: GET_CONTEXT, id, params: {}, options });
  }
}
