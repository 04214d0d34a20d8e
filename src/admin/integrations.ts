/**
 * The client for integrations.
 *
 * @module
 */

import { asQuery, body, execute, type Operation } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { type IdempotentRequest, isIdempotentRequest } from "../models/common.ts";
import { isPageParams, type Page, type PageParams } from "../models/page.ts";
import {
  type CreateIntegrationRequest,
  type Integration,
  type IntegrationTest,
  isCreateIntegrationRequest,
  isIntegration,
  isIntegrationTest,
  isUpdateIntegrationRequest,
  type UpdateIntegrationRequest,
} from "./models/integration.ts";
import * as rows from "./rows.ts";

const INTEGRATION: rows.Resource<Integration, Integration> = {
  noun: "integration",
  plural: "integrations",
  path: "/api/v1/account_integration",
  isDetails: isIntegration,
  isSummary: isIntegration,
};

const GET = /* @__PURE__ */ rows.get(INTEGRATION);
const LIST = /* @__PURE__ */ rows.list(INTEGRATION, isPageParams);
const CREATE = /* @__PURE__ */ rows.create(INTEGRATION, isCreateIntegrationRequest);
const UPDATE = /* @__PURE__ */ rows.update(INTEGRATION, isUpdateIntegrationRequest);
const TEST: Operation<IdempotentRequest, IntegrationTest> = {
  action: "test the integration",
  method: "POST",
  path: "/api/v1/account_integration/{id}/test",
  isParams: isIdempotentRequest,
  encode: asQuery, // the request has no body, so only the header carries the key
  decode: /* @__PURE__ */ body(isIntegrationTest),
};
const DELETE = /* @__PURE__ */ rows.remove(INTEGRATION);

/**
 * Creates, changes, reads and tests integrations with other services. The token must have the permission to manage them.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "ai-1", status: "paused" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { status } = await admin.integrations.update("ai-1", { status: "paused" });
 * console.log(status); // paused
 * ```
 */
export class IntegrationClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets an integration by its ID. */
  get(id: string, options?: RequestOptions): Promise<Integration> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the integrations. */
  list(params: PageParams = {}, options?: RequestOptions): Promise<Page<Integration>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all integrations, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: PageParams = {}, options?: RequestOptions): AsyncGenerator<Integration, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates an integration. */
  create(params: CreateIntegrationRequest, options?: RequestOptions): Promise<Integration> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates an integration. Omitted fields keep their values. */
  update(id: string, params: UpdateIntegrationRequest, options?: RequestOptions): Promise<Integration> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Sends a test message through an integration. */
  test(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<IntegrationTest> {
    return execute({ requester: this.#requester, operation: TEST, id, params, options });
  }

  /** Deletes an integration. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
