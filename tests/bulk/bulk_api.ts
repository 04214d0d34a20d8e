/**
 * A stubbed API that executes bulk requests.
 *
 * @module
 */

import { type BulkItem, type HttpClientConfig, PrefactorHttpClient } from "../../mod.ts";
import { json, recordFetch, type Sent, TOKEN } from "../helpers.ts";

/** The output of an item. */
export type Output = { status: "success" | "error"; [field: string]: unknown };

/** A successful output. */
export const SUCCESS: Output = { status: "success" };

/** The output of an item that the API rejects. */
export const REFUSED: Output = { status: "error", code: "not_found", message: "No such span" };

/** The items of a request. */
export function itemsOf({ body }: Pick<Sent, "body">): BulkItem[] {
  return JSON.parse(body!).items;
}

/**
 * Creates a client of an API that executes items in order and stops after the first that fails. `intercept` may respond
 * to a whole request instead.
 */
export function bulkApi(
  outputOf: (item: BulkItem) => Output = () => SUCCESS,
  { intercept, ...overrides }: Partial<HttpClientConfig> & {
    intercept?: (sent: Sent, index: number) => Response | Promise<Response> | undefined;
  } = {},
): { client: PrefactorHttpClient; sent: Sent[]; keys: () => string[][] } {
  const { fetch, sent } = recordFetch((request, index) => intercept?.(request, index) ?? execute(request));
  const defaults = { maxRetries: 0, initialRetryDelay: 1 };
  const config = { apiUrl: "https://api.example.test", apiToken: TOKEN, fetch, ...defaults, ...overrides };
  const keys = () => sent.map((request) => itemsOf(request).map(({ idempotency_key }) => idempotency_key));
  return { client: new PrefactorHttpClient(config), sent, keys };

  function execute(request: Sent): Response {
    const outputs: [string, Output][] = [];
    for (const item of itemsOf(request)) {
      const output = outputOf(item);
      outputs.push([item.idempotency_key, output]);
      if (output.status === "error") break;
    }
    return json({ status: "success", outputs: Object.fromEntries(outputs) });
  }
}

/** Creates items with the keys `key-00000`, `key-00001`, … */
export function makeItems(count: number, fields: Record<string, unknown> = {}): BulkItem[] {
  return Array.from({ length: count }, (_, index) => ({
    _type: "agent_spans/finish",
    idempotency_key: `key-${String(index).padStart(5, "0")}`,
    agent_span_id: `span-${index}`,
    ...fields,
  }));
}
