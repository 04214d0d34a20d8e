/**
 * The client for people.
 *
 * @module
 */

import { execute } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import {
  type CreatePersonRequest,
  isCreatePersonRequest,
  isListPeopleRequest,
  isPerson,
  isPersonSummary,
  isUpdatePersonRequest,
  type ListPeopleRequest,
  type Person,
  type PersonSummary,
  type UpdatePersonRequest,
} from "./models/person.ts";
import * as rows from "./rows.ts";

const PERSON: rows.Resource<Person, PersonSummary> = {
  noun: "person",
  plural: "people",
  path: "/api/v1/person",
  isDetails: isPerson,
  isSummary: isPersonSummary,
};

const GET = /* @__PURE__ */ rows.get(PERSON);
const LIST = /* @__PURE__ */ rows.list(PERSON, isListPeopleRequest);
const CREATE = /* @__PURE__ */ rows.create(PERSON, isCreatePersonRequest);
const UPDATE = /* @__PURE__ */ rows.update(PERSON, isUpdatePersonRequest, [
  "email",
  "name",
  "title",
  "team_ids",
]);
const DELETE = /* @__PURE__ */ rows.remove(PERSON);

/**
 * Creates, changes and reads the people of an account, who own agents.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorAdminClient } from "@prefactor/http/admin";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const { people } = new PrefactorAdminClient(client);
 * const { id } = await people.create({ email: "ada@example.com", name: "Ada" });
 * await people.update(id, { title: "Countess" });
 * for await (const { name, title } of people.listAll()) console.log(name, title); // Ada Countess
 * ```
 */
export class PersonClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a person by its ID. */
  get(id: string, options?: RequestOptions): Promise<Person> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Reads one page of the people. */
  list(params: ListPeopleRequest = {}, options?: RequestOptions): Promise<Page<PersonSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all people, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: ListPeopleRequest = {}, options?: RequestOptions): AsyncGenerator<PersonSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a person. */
  create(params: CreatePersonRequest, options?: RequestOptions): Promise<Person> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates a person. Omitted fields keep their values. `null` clears a field. */
  update(id: string, params: UpdatePersonRequest, options?: RequestOptions): Promise<Person> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Deletes a person. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
