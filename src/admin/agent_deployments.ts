/**
 * The client for agent deployments.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type AgentDeployment,
  type CreateAgentDeploymentRequest,
  isAgentDeployment,
  isCreateAgentDeploymentRequest,
  isListAgentDeploymentsRequest,
  isUpdateAgentDeploymentRequest,
  type ListAgentDeploymentsRequest,
  type UpdateAgentDeploymentRequest,
} from "./models/agent_deployment.ts";
import * as rows from "./rows.ts";

const DEPLOYMENT: rows.Resource<AgentDeployment, AgentDeployment> = {
  noun: "agent deployment",
  plural: "agent deployments",
  path: "/api/v1/agent_deployment",
  isDetails: isAgentDeployment,
  isSummary: isAgentDeployment,
};

const GET = /* @__PURE__ */ rows.get(DEPLOYMENT);
const LIST = /* @__PURE__ */ rows.list(DEPLOYMENT, isListAgentDeploymentsRequest);
const CREATE = /* @__PURE__ */ rows.create(DEPLOYMENT, isCreateAgentDeploymentRequest);
const UPDATE = /* @__PURE__ */ rows.update(DEPLOYMENT, isUpdateAgentDeploymentRequest, [
  "current_version_id",
]);
const DELETE = /* @__PURE__ */ rows.remove(DEPLOYMENT);

/**
 * Creates, changes and reads the deployments of agents to environments.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "d-1", current_version_id: null };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { current_version_id } = await admin.agentDeployments.update("d-1", { current_version_id: null });
 * console.log(current_version_id); // null
 * ```
 */
export class AgentDeploymentClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a deployment by its ID. */
  get(id: string, options?: RequestOptions): Promise<AgentDeployment> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the deployments. */
  list(params: ListAgentDeploymentsRequest = {}, options?: RequestOptions): Promise<Page<AgentDeployment>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all deployments, requesting one page at a time. `page_size` defaults to 100. */
  listAll(
    params: ListAgentDeploymentsRequest = {},
    options?: RequestOptions,
  ): AsyncGenerator<AgentDeployment, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a deployment. */
  create(params: CreateAgentDeploymentRequest, options?: RequestOptions): Promise<AgentDeployment> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates a deployment. Omitted fields keep their values. `null` clears a field. */
  update(
    id: string,
    params: UpdateAgentDeploymentRequest,
    options?: RequestOptions,
  ): Promise<AgentDeployment> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Deletes a deployment. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
