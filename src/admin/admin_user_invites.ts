/**
 * The client for invites.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { IdempotentRequest } from "../models/common.ts";
import { isPageParams, type Page, type PageParams } from "../models/page.ts";
import {
  type AdminUserInvite,
  type CreateAdminUserInviteRequest,
  isAdminUserInvite,
  isCreateAdminUserInviteRequest,
} from "./models/admin_user_invite.ts";
import * as rows from "./rows.ts";

const INVITE: rows.Resource<AdminUserInvite, AdminUserInvite> = {
  noun: "invite",
  plural: "invites",
  path: "/api/v1/admin_user_invite",
  isDetails: isAdminUserInvite,
  isSummary: isAdminUserInvite,
  isResponseSecret: true,
};

const GET = /* @__PURE__ */ rows.get(INVITE);
const LIST = /* @__PURE__ */ rows.list(INVITE, isPageParams);
const CREATE = /* @__PURE__ */ rows.create(INVITE, isCreateAdminUserInviteRequest);
const REVOKE = /* @__PURE__ */ rows.act(INVITE, "revoke");

/**
 * Creates, reads and revokes invites to the platform. The `token` and `invite_url` of an invite grant access, so errors
 * do not keep response bodies, and neither ends up in an error log.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "in-1", status: "pending", token: "…" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { id, status } = await admin.adminUserInvites.create({ email: "ada@example.com" });
 * console.log(id, status); // in-1 pending
 * ```
 */
export class AdminUserInviteClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets an invite by its ID. */
  get(id: string, options?: RequestOptions): Promise<AdminUserInvite> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the invites. */
  list(params: PageParams = {}, options?: RequestOptions): Promise<Page<AdminUserInvite>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all invites, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: PageParams = {}, options?: RequestOptions): AsyncGenerator<AdminUserInvite, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates an invite. */
  create(params: CreateAdminUserInviteRequest, options?: RequestOptions): Promise<AdminUserInvite> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Revokes an invite. */
  revoke(id: string, params: IdempotentRequest = {}, options?: RequestOptions): Promise<AdminUserInvite> {
    return execute({ requester: this.#requester, operation: REVOKE, id, params, options });
  }
}
