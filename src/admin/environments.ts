/**
 * The client for environments.
 *
 * @module
 */

import { asQuery, details, execute, type Operation } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type CreateEnvironmentRequest,
  type Environment,
  type EnvironmentSummary,
  isCreateEnvironmentRequest,
  isEnvironment,
  isEnvironmentSummary,
  isShowEnvironmentRequest,
  isUpdateEnvironmentRequest,
  type ShowEnvironmentRequest,
  type UpdateEnvironmentRequest,
} from "./models/environment.ts";
import { isListByAccountRequest, type ListByAccountRequest } from "./models/lists.ts";
import * as rows from "./rows.ts";

const ENVIRONMENT: rows.Resource<Environment, EnvironmentSummary> = {
  noun: "environment",
  plural: "environments",
  path: "/api/v1/environment",
  isDetails: isEnvironment,
  isSummary: isEnvironmentSummary,
};

const GET = /* @__PURE__ */ rows.get(ENVIRONMENT);
const SHOW: Operation<ShowEnvironmentRequest, Environment> = {
  action: "show the environment",
  method: "GET",
  path: "/api/v1/environment/show",
  isParams: isShowEnvironmentRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isEnvironment),
};
const LIST = /* @__PURE__ */ rows.list(ENVIRONMENT, isListByAccountRequest);
const CREATE = /* @__PURE__ */ rows.create(ENVIRONMENT, isCreateEnvironmentRequest);
const UPDATE = /* @__PURE__ */ rows.update(ENVIRONMENT, isUpdateEnvironmentRequest);
const DELETE = /* @__PURE__ */ rows.remove(ENVIRONMENT);

/**
 * Creates, renames and reads environments.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "e-1", name: "Staging" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { id } = await admin.environments.create({ name: "Staging", account_id: "ac-1" });
 * console.log(id); // e-1
 * ```
 */
export class EnvironmentClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets an environment by its ID. */
  get(id: string, options?: RequestOptions): Promise<Environment> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Gets an environment either by its ID or by your own identifier. */
  show(params: ShowEnvironmentRequest, options?: RequestOptions): Promise<Environment> {
    return execute({ requester: this.#requester, operation: SHOW, params, options });
  }

  /** Reads one page of the environments. */
  list(params: ListByAccountRequest = {}, options?: RequestOptions): Promise<Page<EnvironmentSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all environments, requesting one page at a time. `page_size` defaults to 100. */
  listAll(
    params: ListByAccountRequest = {},
    options?: RequestOptions,
  ): AsyncGenerator<EnvironmentSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates an environment. */
  create(params: CreateEnvironmentRequest, options?: RequestOptions): Promise<Environment> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates an environment. Omitted fields keep their values. */
  update(id: string, params: UpdateEnvironmentRequest, options?: RequestOptions): Promise<Environment> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Deletes an environment. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
