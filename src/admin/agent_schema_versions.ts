/**
 * The client for agent schema versions.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type AgentSchemaVersion,
  type AgentSchemaVersionSummary,
  type CreateAgentSchemaVersionRequest,
  isAgentSchemaVersion,
  isAgentSchemaVersionSummary,
  isCreateAgentSchemaVersionRequest,
} from "./models/agent_schema_version.ts";
import { isListByAgentRequest, type ListByAgentRequest } from "./models/lists.ts";
import * as rows from "./rows.ts";

const SCHEMA_VERSION: rows.Resource<AgentSchemaVersion, AgentSchemaVersionSummary> = {
  noun: "agent schema version",
  plural: "agent schema versions",
  path: "/api/v1/agent_schema_version",
  isDetails: isAgentSchemaVersion,
  isSummary: isAgentSchemaVersionSummary,
};

const GET = /* @__PURE__ */ rows.get(SCHEMA_VERSION);
const LIST = /* @__PURE__ */ rows.list(SCHEMA_VERSION, isListByAgentRequest);
const CREATE = /* @__PURE__ */ rows.create(SCHEMA_VERSION, isCreateAgentSchemaVersionRequest);

/**
 * Creates and reads the versions of agents' schemas.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "sv-1", agent_id: "a-1" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { id } = await admin.agentSchemaVersions.create({
 *   agent_id: "a-1",
 *   external_identifier: "2",
 *   span_schemas: { search: { type: "object" } },
 * });
 * console.log(id); // sv-1
 * ```
 */
export class AgentSchemaVersionClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a version by its ID. */
  get(id: string, options?: RequestOptions): Promise<AgentSchemaVersion> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the versions of an agent's schemas. */
  list(params: ListByAgentRequest, options?: RequestOptions): Promise<Page<AgentSchemaVersionSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all versions of an agent's schemas, requesting one page at a time. `page_size` defaults to 100. */
  listAll(
    params: ListByAgentRequest,
    options?: RequestOptions,
  ): AsyncGenerator<AgentSchemaVersionSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a version. */
  create(params: CreateAgentSchemaVersionRequest, options?: RequestOptions): Promise<AgentSchemaVersion> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }
}
