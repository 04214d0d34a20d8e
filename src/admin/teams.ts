/**
 * The client for teams.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { isPageParams, type Page, type PageParams } from "../models/page.ts";
import {
  type CreateTeamRequest,
  isCreateTeamRequest,
  isTeam,
  isTeamSummary,
  isUpdateTeamRequest,
  type Team,
  type TeamSummary,
  type UpdateTeamRequest,
} from "./models/team.ts";
import * as rows from "./rows.ts";

const TEAM: rows.Resource<Team, TeamSummary> = {
  noun: "team",
  plural: "teams",
  path: "/api/v1/team",
  isDetails: isTeam,
  isSummary: isTeamSummary,
};

const GET = /* @__PURE__ */ rows.get(TEAM);
const LIST = /* @__PURE__ */ rows.list(TEAM, isPageParams);
const CREATE = /* @__PURE__ */ rows.create(TEAM, isCreateTeamRequest);
const UPDATE = /* @__PURE__ */ rows.update(TEAM, isUpdateTeamRequest);
const DELETE = /* @__PURE__ */ rows.remove(TEAM);

/**
 * Creates, renames and reads teams.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const details = { id: "t-1", name: "Search" };
 * const fetch = () => Promise.resolve(Response.json({ details })); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { id } = await admin.teams.create({ name: "Search" });
 * console.log(id); // t-1
 * ```
 */
export class TeamClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a team by its ID. */
  get(id: string, options?: RequestOptions): Promise<Team> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the teams. */
  list(params: PageParams = {}, options?: RequestOptions): Promise<Page<TeamSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all teams, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: PageParams = {}, options?: RequestOptions): AsyncGenerator<TeamSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a team. */
  create(params: CreateTeamRequest, options?: RequestOptions): Promise<Team> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates a team. Omitted fields keep their values. */
  update(id: string, params: UpdateTeamRequest, options?: RequestOptions): Promise<Team> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Deletes a team. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
