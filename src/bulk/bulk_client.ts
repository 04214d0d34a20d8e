/**
 * Many operations in one request.
 *
 * @module
 */

import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { MAX_KEY_LENGTH } from "../idempotency.ts";
import {
  type BulkItem,
  type BulkRequest,
  type BulkResponse,
  isBulkRequest,
  isBulkResponse,
} from "../models/bulk.ts";
import { checkParams, createKey, narrow, refuseParam } from "../endpoints/operation.ts";

const ACTION = "execute the bulk request";
const ENDPOINT = "/api/v1/bulk";

/** The shortest key of an item that the API takes, in characters. */
const MIN_ITEM_KEY_LENGTH = 8;

/**
 * Carries out many operations in one request.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const { outputs } = await client.bulk.execute({
 *   items: [{
 *     _type: "agent_instances/register",
 *     idempotency_key: "register-0001",
 *     agent_id: "librarian",
 *     agent_version: { external_identifier: "1.4.0" },
 *     agent_schema_version: { external_identifier: "1" },
 *   }],
 * });
 * console.log(outputs["register-0001"]?.status); // success
 * ```
 */
export class BulkClient {
  readonly #requester: HttpRequester;

  /**
   * Makes the client on top of whatever sends its requests.
   *
   * @param requester What sends the requests, such as a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Carries out the operations in order, each in a transaction of its own. The API stops at the first that
   * fails; those after it are absent from the outputs. `connectTimeout` does not apply unless it is given
   * here, since the API answers only when all is done.
   *
   * @param request The operations, at least one, each with a key of 8 to 64 characters that no other has.
   * @param options What is to differ from the client's config for this call.
   * @returns What came of each operation, by its key; one that failed does not make the call fail.
   * @throws {PrefactorClientError} For a wrong item, before anything is sent; the message names its index.
   * @throws {PrefactorHttpError} Whatever {@linkcode PrefactorHttpClient.request} throws.
   * @throws {PrefactorResponseContractError} Where the answer holds no outputs.
   */
  async execute(request: BulkRequest, options?: RequestOptions): Promise<BulkResponse> {
    checkParams(this.#requester, ACTION, request, isBulkRequest);
    checkItems(this.#requester, request.items);
    const connectTimeout = options?.connectTimeout ?? null;
    const idempotencyKey = createKey(this.#requester);
    const sent = { ...options, connectTimeout, json: request, idempotencyKey };
    const answer = await this.#requester.request("POST", ENDPOINT, sent);
    return narrow(this.#requester, ENDPOINT, answer, isBulkResponse);
  }
}

function checkItems(requester: HttpRequester, items: readonly BulkItem[]): void {
  if (items.length === 0) refuseParam(requester, ACTION, "'items'", "at least one item", items);
  const indices = new Map<string, number>();
  items.forEach(({ idempotency_key: key }, index) => {
    const name = `'items[${index}].idempotency_key'`;
    if (key.length < MIN_ITEM_KEY_LENGTH || key.length > MAX_KEY_LENGTH) {
      const expected = `${MIN_ITEM_KEY_LENGTH} to ${MAX_KEY_LENGTH} characters long`;
      refuseParam(requester, ACTION, name, expected, key);
    }
    const twin = indices.get(key);
    if (twin !== undefined) refuseParam(requester, ACTION, name, `another than that of items[${twin}]`, key);
    indices.set(key, index);
  });
}
