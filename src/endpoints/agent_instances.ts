/**
 * The operations on agent instances.
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
import { type Operation, perform } from "./operation.ts";

const REGISTER: Operation<RegisterInstanceRequest, AgentInstance> = {
  action: "register the agent instance",
  path: "/api/v1/agent_instance/register",
  isParams: isRegisterInstanceRequest,
  defaults: () => ({ update_current_version: true }),
  isDetails: isAgentInstance,
};

const START: Operation<StartInstanceRequest, AgentInstance> = {
  action: "start the agent instance",
  path: "/api/v1/agent_instance/{id}/start",
  isParams: isStartInstanceRequest,
  defaults: () => ({}),
  isDetails: isAgentInstance,
};

const FINISH: Operation<FinishInstanceRequest, AgentInstance> = {
  action: "finish the agent instance",
  path: "/api/v1/agent_instance/{id}/finish",
  isParams: isFinishInstanceRequest,
  defaults: () => ({}),
  isDetails: isAgentInstance,
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
   * Makes the client on top of whatever sends its requests.
   *
   * @param requester What sends the requests, such as a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Registers a run: names the agent, its version and the types of span it is going to record.
   *
   * @param params The agent, its version and schemas. `update_current_version` is sent as `true` unless given.
   * @param options What is to differ from the client's config for this call.
   * @returns The instance, `pending`.
   * @throws {PrefactorClientError} For a wrong argument, before anything is sent.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   * @throws {PrefactorResponseContractError} Where the answer holds no instance; the request may have been
   * carried out, and `body` says what came.
   */
  register(params: RegisterInstanceRequest, options?: RequestOptions): Promise<AgentInstance> {
    return perform(this.#requester, REGISTER, undefined, params, options);
  }

  /**
   * Starts a run that is `pending`.
   *
   * @param id The id of the instance.
   * @param params When it started; now, by the server's clock, unless given.
   * @param options What is to differ from the client's config for this call.
   * @returns The instance, `active`.
   * @throws {PrefactorClientError} For a wrong argument, before anything is sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) where it is not `pending`.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   */
  start(id: string, params: StartInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return perform(this.#requester, START, id, params, options);
  }

  /**
   * Finishes a run: one that is `active` as `complete` or `failed`, one that is still `pending` as `cancelled`.
   *
   * @param id The id of the instance.
   * @param params How and when it ended; `complete` and now, as the server sees it, unless given.
   * @param options What is to differ from the client's config for this call.
   * @returns The instance as it ended.
   * @throws {PrefactorClientError} For a wrong argument, before anything is sent.
   * @throws {PrefactorApiError} With code `"invalid_action"` (409) where it cannot end so, or has ended.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   */
  finish(id: string, params: FinishInstanceRequest = {}, options?: RequestOptions): Promise<AgentInstance> {
    return perform(this.#requester, FINISH, id, params, options);
  }
}
