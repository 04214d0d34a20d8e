/**
 * The client for bulk requests.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { body, execute, flat, type Operation } from "../endpoints/operation.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type BulkRequest,
  type BulkResponse,
  type BulkResult,
  isBulkRequest,
  isBulkResponse,
} from "../models/bulk.ts";
import { encodeItem, observeOutput } from "./bulk_item.ts";
import { type BulkItems, executeAll, type ExecuteAllOptions } from "./execute_all.ts";
import { BULK_PATH } from "./sender.ts";

const EXECUTE: Operation<BulkRequest, BulkResponse> = {
  action: "execute the bulk request",
  method: "POST",
  path: BULK_PATH,
  isParams: isBulkRequest,
  encode: (fields) => flat(fields), // the body has the keys of the items, so only the header carries the request's own key
  decode: /* @__PURE__ */ body(isBulkResponse),
};

/**
 * Executes many operations in one request.
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
   * Creates the client.
   *
   * @param requester The sender of the requests, usually a `PrefactorHttpClient`.
   */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /**
   * Executes operations in order, each in its own transaction. The API stops at the first one that fails; the
   * operations after it are missing from the outputs. There is no `connectTimeout` by default, because the API responds
   * only when all operations are done.
   *
   * @param request The operations, at least one, each with a unique key of 8 to 64 characters.
   * @param options Options of this call.
   * @returns The output of each operation, by its key. The call resolves even if an operation failed.
   * @throws {PrefactorClientError} If an item is invalid. Nothing was sent; the message names the item's index.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   * @throws {PrefactorResponseContractError} If the response has no outputs.
   */
  async execute(request: BulkRequest, options?: RequestOptions): Promise<BulkResponse> {
    const requester = this.#requester;
    const checker: ArgumentChecker = new ArgumentChecker(EXECUTE.action, requester);
    checker.checkModel("request", isBulkRequest, request);
    const params = { ...request, items: request.items.map((item) => encodeItem(item, checker)) };
    const connectTimeout = options?.connectTimeout ?? null;
    const response = await execute({
      requester,
      operation: EXECUTE,
      params,
      options: { ...options, connectTimeout },
    });
    for (const item of params.items) {
      const { idempotency_key: key } = item;
      if (Object.hasOwn(response.outputs, key)) observeOutput(requester, item, response.outputs[key]!);
    }
    return response;
  }

  /**
   * Executes any number of items in order, in as many sequential requests as needed. An item that the API rejects does
   * not stop the job: the items after it are sent again with the same keys.
   *
   * @param items The items, each with a unique key of 8 to 64 characters. An iterator is read one request ahead, and
   * closed if the job stops early.
   * @param options The limits of each request, what stops the job, and the options of each request.
   * @returns The output of each item, by its key, and the items that failed.
   * @throws {PrefactorClientError} If an option is invalid; nothing was sent.
   * @throws {PrefactorBulkError} If an item is invalid, a request fails or the signal aborts. Its `cause` is that error
   * or the signal's reason; `result.unattempted` contains the items to continue with.
   *
   * @example
   * ```ts
   * import { bulkItem, PrefactorHttpClient } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
   * const run = await client.agentInstances.register({
   *   agent_id: "librarian",
   *   agent_version: {},
   *   agent_schema_version: { span_schemas: { read: { type: "object" } } },
   * });
   * const items = Array.from({ length: 250 }, (_, page) =>
   *   bulkItem("agent_spans/create", {
   *     agent_instance_id: run.id,
   *     schema_name: "read",
   *     status: "complete",
   *     payload: { page },
   *   }));
   * const { outputs, failed } = await client.bulk.executeAll(items, {
   *   onProgress: ({ done, total }) => console.log(`${done} of ${total}`),
   * });
   * console.log(outputs.size, failed.length); // 250 0
   * ```
   */
  executeAll(items: BulkItems, options: ExecuteAllOptions = {}): Promise<BulkResult> {
    return executeAll(this.#requester, items, options);
  }
}
