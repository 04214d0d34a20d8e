/**
 * The client for agent instances.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type AgentInstance,
  type FinishInstanceRequest,
  isAgentInstance,
  isFinishInstanceRequest,
  isRegisterInstanceRequest,
  isStartInstanceRequest,
  type RegisterInstanceRequest,
  type StartInstanceRequest,
} from "../models/agent_instance.ts";
import { details, execute, flat, type Operation } from "./operation.ts";

export const REGISTER_INSTANCE: Operation<RegisterInstanceRequest, AgentInstance> = {
  action: "register the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/register",
  isParams: isRegisterInstanceRequest,
  encode: flat,
  defaults: () => ({ update_current_version: true }),
  decode: details(isAgentInstance),
  bulk: { type: "agent_instances/register" },
};

export const START_INSTANCE: Operation<StartInstanceRequest, AgentInstance> = {
  action: "start the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/start",
  isParams: isStartInstanceRequest,
  encode: flat,
  decode: details(isAgentInstance),
  bulk: { type: "agent_instances/start", idField: "agent_instance_id" },
};

export const FINISH_INSTANCE: Operation<FinishInstanceRequest, AgentInstance> = {
  action: "finish the agent instance",
  method: "POST",
  path: "/api/v1/agent_instance/{id}/finish",
  isParams: isFinishInstanceRequest,
  encode: flat,
  decode: details(isAgentInstance),
  bulk: { type: "agent_instances/finish", idField: "agent_instance_id" },
};

/**
 * Registers, starts and finishes agent instances, the runs of an agent.
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
   * @param requester Sends the requests, such as a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Registers a run: the agent, its version, and the types of span that it will record.
   *
   * @param params The agent, its version and schemas. `update_current_version` defaults to `true`.
   * @param options Options of this call.
   * @returns The instance, `pending`.
   * @throws {PrefactorClientError} If an argument is invalid; nothing was sent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   * @throws {PrefactorResponseContractError} If the response holds no valid instance. The instance may have been
   * registered; `body` is the response.
   */
  register(params: RegisterInstanceRequest, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: REGISTER_INSTANCE, params, options });
  }

  /**
   * Starts a run that is `pending`.
   *
   * @param id The id of the instance.
   * @param params When the run started. Defaults to now, by the server's clock.
   * @param options Options of this call.
   * @returns The instance, `active`.
   * @throws {PrefactorClientError} If an argument is invalid; nothing was sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) if it is not `pending`.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  start(id: string, params: StartInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: START_INSTANCE, id, params, options });
  }

  /**
   * Finishes a run: an `active` one as `complete` or `failed`, a `pending` one as `cancelled`.
   *
   * @param id The id of the instance.
   * @param params How and when the run ended. Defaults to `complete` and now, by the server's clock.
   * @param options Options of this call.
   * @returns The finished instance.
   * @throws {PrefactorClientError} If an argument is invalid; nothing was sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) if its status does not allow it.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  finish(id: string, params: FinishInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return execute({ requester: this.#requester, operation: FINISH_INSTANCE, id, params, options });
  }
}
