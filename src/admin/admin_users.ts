/**
 * The client for admin users.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type AdminUser,
  isAdminUser,
  isUpdateAdminUserRequest,
  type UpdateAdminUserRequest,
} from "./models/admin_user.ts";
import { isListByAccountRequest, type ListByAccountRequest } from "./models/lists.ts";
import * as rows from "./rows.ts";

const ADMIN_USER: rows.Resource<AdminUser, AdminUser> = {
  noun: "admin user",
  plural: "admin users",
  path: "/api/v1/admin_user",
  isDetails: isAdminUser,
  isSummary: isAdminUser,
};

const GET = /* @__PURE__ */ rows.get(ADMIN_USER);
const LIST = /* @__PURE__ */ rows.list(ADMIN_USER, isListByAccountRequest);
const UPDATE = /* @__PURE__ */ rows.update(ADMIN_USER, isUpdateAdminUserRequest, [
  "name",
  "job_title",
  "profile_completed_at",
]);

/**
 * Reads and updates the people who can log in to the platform.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "u-1", job_title: "Operator" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { job_title } = await admin.adminUsers.update("u-1", { job_title: "Operator" });
 * console.log(job_title); // Operator
 * ```
 */
export class AdminUserClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a user by its ID. */
  get(id: string, options?: RequestOptions): Promise<AdminUser> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the users. */
  list(params: ListByAccountRequest = {}, options?: RequestOptions): Promise<Page<AdminUser>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all users, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: ListByAccountRequest = {}, options?: RequestOptions): AsyncGenerator<AdminUser, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Updates a user. Omitted fields keep their values. `null` clears a field. */
  update(id: string, params: UpdateAdminUserRequest, options?: RequestOptions): Promise<AdminUser> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }
}
