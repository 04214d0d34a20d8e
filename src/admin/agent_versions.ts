/**
 * The client for agent versions.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type AgentVersion,
  type CreateAgentVersionRequest,
  isAgentVersion,
  isCreateAgentVersionRequest,
} from "./models/agent_version.ts";
import { isListByAgentRequest, type ListByAgentRequest } from "./models/lists.ts";
import * as rows from "./rows.ts";

const VERSION: rows.Resource<AgentVersion, AgentVersion> = {
  noun: "agent version",
  plural: "agent versions",
  path: "/api/v1/agent_version",
  isDetails: isAgentVersion,
  isSummary: isAgentVersion,
};

const GET = /* @__PURE__ */ rows.get(VERSION);
const LIST = /* @__PURE__ */ rows.list(VERSION, isListByAgentRequest);
const CREATE = /* @__PURE__ */ rows.create(VERSION, isCreateAgentVersionRequest);

/**
 * Creates and reads the versions of agents.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "av-1", agent_id: "a-1" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { id } = await admin.agentVersions.create({ agent_id: "a-1", external_identifier: "1.4.0" });
 * console.log(id); // av-1
 * ```
 */
export class AgentVersionClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a version by its ID. */
  get(id: string, options?: RequestOptions): Promise<AgentVersion> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the versions of an agent. */
  list(params: ListByAgentRequest, options?: RequestOptions): Promise<Page<AgentVersion>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all versions of an agent, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: ListByAgentRequest, options?: RequestOptions): AsyncGenerator<AgentVersion, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a version. */
  create(params: CreateAgentVersionRequest, options?: RequestOptions): Promise<AgentVersion> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }
}
