/**
 * The client for alerts.
 *
 * @module
 */

import { isSafeInteger } from "../guards.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import {
  type Alert,
  type AlertSummary,
  type ClearAlertRequest,
  type CountAlertsRequest,
  isAlert,
  isAlertSummary,
  isClearAlertRequest,
  isCountAlertsRequest,
  isListAlertsRequest,
  isRaiseAlertRequest,
  type ListAlertsRequest,
  type RaiseAlertRequest,
} from "../models/alert.ts";
import type { Page } from "../models/page.ts";
import { asQuery, details, execute, field, flat, isNoParams, type Operation, page } from "./operation.ts";
import { listAll } from "./pages.ts";

const RAISE: Operation<RaiseAlertRequest, Alert> = {
  action: "raise the alert",
  method: "POST",
  path: "/api/v1/alerts/raise",
  isParams: isRaiseAlertRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAlert),
};

const CLEAR: Operation<ClearAlertRequest, Alert> = {
  action: "clear the alert",
  method: "POST",
  path: "/api/v1/alerts/clear",
  isParams: isClearAlertRequest,
  encode: flat,
  decode: /* @__PURE__ */ details(isAlert),
};

const GET: Operation<Record<never, never>, Alert> = {
  action: "get the alert",
  method: "GET",
  path: "/api/v1/alerts/{id}",
  isParams: isNoParams,
  encode: asQuery,
  decode: /* @__PURE__ */ details(isAlert),
};

const LIST: Operation<ListAlertsRequest, Page<AlertSummary>> = {
  action: "list the alerts",
  method: "GET",
  path: "/api/v1/alerts",
  isParams: isListAlertsRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ page(isAlertSummary),
};

const COUNT: Operation<CountAlertsRequest, number> = {
  action: "count the alerts",
  method: "GET",
  path: "/api/v1/alerts/count",
  isParams: isCountAlertsRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ field("count", isSafeInteger),
};

/**
 * Raises, clears and reads alerts about agent instances. Reading needs an account-scoped token.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const { id } = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { alert_schemas: [{ name: "over_budget", schema: { type: "object" } }] },
 * });
 * const alert = { agent_instance_id: id, name: "over_budget" };
 * await client.alerts.raise({ ...alert, severity: "warning", payload: { spent: 12 } });
 * await client.alerts.clear(alert);
 * console.log(await client.alerts.count({ status: "raised" })); // 0
 * ```
 */
export class AlertClient {
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
   * Raises an alert about an agent instance.
   *
   * @param params The instance, the name of the alert, as declared in the registration, its severity and its payload.
   * @param options Options of this call.
   * @returns The alert.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  raise(params: RaiseAlertRequest, options?: RequestOptions): Promise<Alert> {
    return execute({ requester: this.#requester, operation: RAISE, params, options });
  }

  /**
   * Clears an alert about an agent instance.
   *
   * @param params The instance and the name of the alert.
   * @param options Options of this call.
   * @returns The cleared alert.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  clear(params: ClearAlertRequest, options?: RequestOptions): Promise<Alert> {
    return execute({ requester: this.#requester, operation: CLEAR, params, options });
  }

  /**
   * Gets an alert by its ID.
   *
   * @param id The ID of the alert.
   * @param options Options of this call.
   * @returns The alert.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  get(id: string, options?: RequestOptions): Promise<Alert> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /**
   * Reads one page of alerts.
   *
   * @param params The page and the filters. Defaults to the first page of all alerts.
   * @param options Options of this call.
   * @returns The page.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  list(params: ListAlertsRequest = {}, options?: RequestOptions): Promise<Page<AlertSummary>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Iterates over all alerts, requesting one page at a time.
   *
   * @param params The filters, and the page to start from. `page_size` defaults to 100.
   * @param options Options of each request.
   * @returns An async generator of alerts.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  listAll(params: ListAlertsRequest = {}, options?: RequestOptions): AsyncGenerator<AlertSummary, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /**
   * Counts alerts.
   *
   * @param params The filters. Defaults to all alerts.
   * @param options Options of this call.
   * @returns The number of alerts.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  count(params: CountAlertsRequest = {}, options?: RequestOptions): Promise<number> {
    return execute({ requester: this.#requester, operation: COUNT, params, options });
  }
}
