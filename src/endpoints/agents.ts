/**
 * The client for agents.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type Agent,
  type AgentShow,
  type AgentSummary,
  type CreateAgentRequest,
  isAgent,
  isAgentShow,
  isAgentSummary,
  isCreateAgentRequest,
  isListAgentsRequest,
  isShowAgentRequest,
  isUpdateAgentRequest,
  type ListAgentsRequest,
  type ShowAgentRequest,
  type UpdateAgentRequest,
} from "../models/agent.ts";
import { type IdempotentRequest, isIdempotentRequest } from "../models/common.ts";
import type { Page } from "../models/page.ts";
import {
  asQuery,
  body,
  details,
  empty,
  execute,
  flat,
  inDetails,
  isNoParams,
  type Operation,
  page,
} from "./operation.ts";
import { listAll } from "./pages.ts";

/** Creates an agent. */
export const CREATE_AGENT: Operation<CreateAgentRequest, Agent> = {
  action: "create the agent",
  method: "POST",
  path: "/api/v1/agent",
  isParams: isCreateAgentRequest,
  encode: inDetails,
  decode: /* @__PURE__ */ details(isAgent),
  bulkType: "agents/create",
};

/** Updates an agent. */
export const UPDATE_AGENT: Operation<UpdateAgentRequest, Agent> = {
  action: "update the agent",
  method: "PUT",
  path: "/api/v1/agent/{id}",
  isParams: isUpdateAgentRequest,
  encode: inDetails,
  isKeyed: true,
  nullable: ["name", "description", "owner_person_id", "risk_profile_id", "team_id"],
  decode: /* @__PURE__ */ details(isAgent),
  idField: "agent_id",
  bulkType: "agents/update",
};

const RETIRE: Operation<IdempotentRequest, Agent> = {
  action: "retire the agent",
  method: "POST",
  path: "/api/v1/agent/{id}/retire",
  isParams: isIdempotentRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgent),
};

const REINSTATE: Operation<IdempotentRequest, Agent> = {
  action: "reinstate the agent",
  method: "POST",
  path: "/api/v1/agent/{id}/reinstate",
  isParams: isIdempotentRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAgent),
};

const DELETE: Operation<Record<never, never>, void> = {
  action: "delete the agent",
  method: "DELETE",
  path: "/api/v1/agent/{id}",
  isParams: isNoParams,
  encode: asQuery,
  decode: empty,
};

const GET: Operation<Record<never, never>, Agent> = {
  action: "get the agent",
  method: "GET",
  path: "/api/v1/agent/{id}",
  isParams: isNoParams,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isAgent),
};

const SHOW: Operation<ShowAgentRequest, AgentShow> = {
  action: "show the agent",
  method: "GET",
  path: "/api/v1/agent/show",
  isParams: isShowAgentRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ body(isAgentShow),
};

const LIST: Operation<ListAgentsRequest, Page<AgentSummary>> = {
  action: "list the agents",
  method: "GET",
  path: "/api/v1/agent",
  isParams: isListAgentsRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ page(isAgentSummary),
};

/**
 * Creates, changes and reads agents. Reading needs an account-scoped token.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const { id } = await client.agents.create({ name: "Librarian" });
 * const agent = await client.agents.update(id, { description: "Answers questions about books" });
 * console.log(agent.name, agent.description); // Librarian Answers questions about books
 * ```
 */
export class AgentClient {
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
   * Creates an agent.
   *
   * @param params The name of the agent and its other fields.
   * @param options Options of this call.
   * @returns The agent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  create(params: CreateAgentRequest, options?: RequestOptions): Promise<Agent> {
    return execute({ requester: this.#requester, operation: CREATE_AGENT, params, options });
  }

  /**
   * Updates an agent. Omitted fields keep their values; `null` clears a field.
   *
   * @param id The ID of the agent.
   * @param params The fields to change.
   * @param options Options of this call.
   * @returns The agent after the update.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  update(id: string, params: UpdateAgentRequest, options?: RequestOptions): Promise<Agent> {
    return execute({ requester: this.#requester, operation: UPDATE_AGENT, id, params, options });
  }

  /**
   * Retires an agent. It cannot register runs until it is reinstated.
   *
   * @param id The ID of the agent.
   * @param params The idempotency key. Defaults to a generated one.
   * @param options Options of this call.
   * @returns The retired agent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  retire(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<Agent> {
    return execute({ requester: this.#requester, operation: RETIRE, id, params, options });
  }

  /**
   * Reinstates a retired agent.
   *
   * @param id The ID of the agent.
   * @param params The idempotency key. Defaults to a generated one.
   * @param options Options of this call.
   * @returns The reinstated agent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  reinstate(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<Agent> {
    return execute({ requester: this.#requester, operation: REINSTATE, id, params, options });
  }

  /**
   * Deletes an agent.
   *
   * @param id The ID of the agent.
   * @param options Options of this call.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }

  /**
   * Gets an agent by its ID.
   *
   * @param id The ID of the agent.
   * @param options Options of this call.
   * @returns The agent.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  get(id: string, options?: RequestOptions): Promise<Agent> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /**
   * Gets an agent by its ID or by your own identifier, optionally with its counts and risk.
   *
   * @param params Exactly one of `agent_id` and `external_identifier`, and what to include.
   * @param options Options of this call.
   * @returns The agent in `details`, and its `risk_rollup` if requested.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  show(params: ShowAgentRequest, options?: RequestOptions): Promise<AgentShow> {
    return execute({ requester: this.#requester, operation: SHOW, params, options });
  }

  /**
   * Reads one page of the agents of the account.
   *
   * @param params The page and the filters. Defaults to the first page of all agents.
   * @param options Options of this call.
   * @returns The page.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  list(params: ListAgentsRequest = {}, options?: RequestOptions): Promise<Page<AgentSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Iterates over all agents, requesting one page at a time.
   *
   * @param params The filters, and the page to start from. `page_size` defaults to 100.
   * @param options Options of each request.
   * @returns An async generator of agents.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
   * await client.agents.create({ name: "Librarian" });
   * for await (const { name } of client.agents.listAll()) console.log(name); // Librarian
   * ```
   */
  listAll(params: ListAgentsRequest = {}, options?: RequestOptions): AsyncGenerator<AgentSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }
}
