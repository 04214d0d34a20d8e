/**
 * The client for accounts.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { isPageParams, type Page, type PageParams } from "../models/page.ts";
import {
  type Account,
  isAccount,
  isUpdateAccountRequest,
  type UpdateAccountRequest,
} from "./models/account.ts";
import * as rows from "./rows.ts";

const ACCOUNT: rows.Resource<Account, Account> = {
  noun: "account",
  plural: "accounts",
  path: "/api/v1/account",
  isDetails: isAccount,
  isSummary: isAccount,
};

const GET = /* @__PURE__ */ rows.get(ACCOUNT);
const LIST = /* @__PURE__ */ rows.list(ACCOUNT, isPageParams);
const UPDATE = /* @__PURE__ */ rows.update(ACCOUNT, isUpdateAccountRequest);

/**
 * Reads and renames accounts.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "ac-1", name: "Example" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { name } = await admin.accounts.update("ac-1", { name: "Example" });
 * console.log(name); // Example
 * ```
 */
export class AccountClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets an account by its ID. */
  get(id: string, options?: RequestOptions): Promise<Account> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the accounts. */
  list(params: PageParams = {}, options?: RequestOptions): Promise<Page<Account>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all accounts, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: PageParams = {}, options?: RequestOptions): AsyncGenerator<Account, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Updates an account. Omitted fields keep their values. */
  update(id: string, params: UpdateAccountRequest, options?: RequestOptions): Promise<Account> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }
}
