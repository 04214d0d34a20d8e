/**
 * The client for API tokens.
 *
 * @module
 */

import { body, execute, inDetails, type Operation } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { IdempotentRequest } from "../models/common.ts";
import type { Page } from "../models/page.ts";
import {
  type ApiToken,
  type CreateApiTokenRequest,
  type CreatedApiToken,
  isApiToken,
  isCreateApiTokenRequest,
  isCreatedApiToken,
} from "./models/api_token.ts";
import { isListByAccountRequest, type ListByAccountRequest } from "./models/lists.ts";
import * as rows from "./rows.ts";

const TOKEN: rows.Resource<ApiToken, ApiToken> = {
  noun: "API token",
  plural: "API tokens",
  path: "/api/v1/api_token",
  isDetails: isApiToken,
  isSummary: isApiToken,
  isResponseSecret: true,
};

const GET = /* @__PURE__ */ rows.get(TOKEN);
const LIST = /* @__PURE__ */ rows.list(TOKEN, isListByAccountRequest);
const CREATE: Operation<CreateApiTokenRequest, CreatedApiToken> = {
  action: "create the API token",
  method: "POST",
  path: "/api/v1/api_token",
  isParams: isCreateApiTokenRequest,
  encode: inDetails,
  decode: /* @__PURE__ */ body(isCreatedApiToken),
  isResponseSecret: true,
};
const SUSPEND = /* @__PURE__ */ rows.act(TOKEN, "suspend");
const ACTIVATE = /* @__PURE__ */ rows.act(TOKEN, "activate");
const REVOKE = /* @__PURE__ */ rows.act(TOKEN, "revoke");
const DELETE = /* @__PURE__ */ rows.remove(TOKEN);

/**
 * Creates, reads, suspends and revokes API tokens. Only the response to `create` contains the secret: store it
 * immediately. Errors do not keep response bodies, so the secret does not end up in an error log.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const response = { details: { id: "tk-1", status: "active" }, token: "secret" };
 * const fetch = () => Promise.resolve(Response.json(response)); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { details, token } = await admin.apiTokens.create({ token_scope: "account" });
 * console.log(details.id, token.length); // tk-1 6
 * ```
 */
export class ApiTokenClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a token by its ID. */
  get(id: string, options?: RequestOptions): Promise<ApiToken> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the tokens. */
  list(params: ListByAccountRequest = {}, options?: RequestOptions): Promise<Page<ApiToken>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all tokens, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: ListByAccountRequest = {}, options?: RequestOptions): AsyncGenerator<ApiToken, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a token. The `token` of the result is the secret, which cannot be read again. */
  create(params: CreateApiTokenRequest, options?: RequestOptions): Promise<CreatedApiToken> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Suspends a token until it is activated again. */
  suspend(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<ApiToken> {
    return execute({ requester: this.#requester, operation: SUSPEND, id, params, options });
  }

  /** Activates a suspended token. */
  activate(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<ApiToken> {
    return execute({ requester: this.#requester, operation: ACTIVATE, id, params, options });
  }

  /** Revokes a token, after which it can be deleted. */
  revoke(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<ApiToken> {
    return execute({ requester: this.#requester, operation: REVOKE, id, params, options });
  }

  /** Deletes a revoked token. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
