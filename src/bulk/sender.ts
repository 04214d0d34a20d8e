/**
 * Bulk requests of ready items: how many items each request holds, and what came of each of them.
 *
 * @module
 */

import type { ArgumentChecker } from "../arguments.ts";
import { body, execute, type Operation } from "../endpoints/operation.ts";
import {
  PrefactorApiError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../errors/errors.ts";
import { isObject } from "../guards.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { type BulkOutput, type BulkResponse, isBulkOutput, isBulkResponse } from "../models/bulk.ts";
import { RawJson } from "../raw_json.ts";

/** The path of a bulk request. */
export const BULK_PATH = "/api/v1/bulk";

/** The limits of one bulk request. */
export interface BulkLimits {
  /** The maximum number of items in a request. Defaults to 100. */
  maxItems?: number | undefined;
  /** The maximum size of a request, in bytes of JSON; a larger item is sent alone. Defaults to 1 MiB. */
  maxBytes?: number | undefined;
}

/** An item that is ready to be sent. */
export interface ReadyItem {
  /** The idempotency key. */
  readonly key: string;
  /** The JSON of the item. */
  readonly json: string;
  /** The size of the JSON, in bytes. */
  readonly bytes: number;
}

/** An error response to a request as a whole. */
export type Refusal = PrefactorApiError | PrefactorResponseContractError;

/** What came of the items of one request. */
export interface SentItems<Item> {
  /** The items that have an output. */
  readonly done: readonly { readonly item: Item; readonly output: BulkOutput }[];
  /** The items that have none, because the API stopped before them. */
  readonly left: readonly Item[];
}

/** Sends bulk requests, and adapts their size to what the API accepts. */
export class BulkSender {
  readonly #requester: HttpRequester;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  /** The most items in a request since the API last refused a request as a whole. */
  #ceiling: number;
  /** The most items in the next request. */
  #limit: number;

  /** Creates a sender. */
  constructor(requester: HttpRequester, limits: BulkLimits, checker: ArgumentChecker) {
    const { maxItems = 100, maxBytes = 2 ** 20 } = limits;
    checker.checkInteger("maxItems", maxItems, 1);
    checker.checkInteger("maxBytes", maxBytes, 1);
    this.#requester = requester;
    this.#maxItems = this.#ceiling = this.#limit = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** Returns the room of the next request. */
  room(): Room {
    return new Room(this.#limit, this.#maxBytes);
  }

  /**
   * Sends items, at least one, in order. The API stops at the first one that fails, which must not multiply what is
   * sent: the next request holds at most twice as many items as this one got through.
   *
   * If the request as a whole fails with an error that is splittable, no item is done and the next request holds half
   * as many. A single item has then failed, with the error as its output.
   */
  async send<Item extends ReadyItem>(
    items: readonly Item[],
    options: RequestOptions,
    isSplittable: (refusal: Refusal) => boolean = isTooLarge,
  ): Promise<SentItems<Item>> {
    let response: BulkResponse;
    try {
      response = await execute({
        requester: this.#requester,
        operation: sendItems(items),
        params: {},
        options: { ...options, connectTimeout: options.connectTimeout ?? null },
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal || !isSplittable(refusal)) throw error;
      return this.#split(items, refusal);
    }
    const done: { item: Item; output: BulkOutput }[] = [];
    const left: Item[] = [];
    let through = 0;
    for (const item of items) {
      const { key } = item;
      const output = Object.hasOwn(response.outputs, key) ? response.outputs[key] : undefined;
      if (output) done.push({ item, output });
      else left.push(item);
      if (output?.status === "success") through++;
    }
    const isComplete = through === items.length;
    this.#limit = Math.min(this.#ceiling, Math.max(1, 2 * through, isComplete ? this.#limit : 0));
    return { done, left };
  }

  #split<Item>(items: readonly Item[], refusal: Refusal): SentItems<Item> {
    if (items.length > 1) {
      this.#limit = this.#ceiling = Math.floor(items.length / 2);
      return { done: [], left: items };
    }
    // The item itself was the reason, so that the others may go together again.
    this.#ceiling = this.#maxItems;
    this.#limit = 1;
    const code = refusal instanceof PrefactorApiError ? refusal.code : "unknown";
    const output: BulkOutput = { status: "error", code, message: refusal.message };
    return { done: items.map((item) => ({ item, output })), left: [] };
  }
}

/** The room for items in one request. */
export class Room {
  #items: number;
  #bytes: number;
  #isEmpty = true;

  /** Creates the room. */
  constructor(items: number, bytes: number) {
    this.#items = items;
    this.#bytes = bytes - '{"items":[]}'.length + 1; // n items have n - 1 commas between them
  }

  /** Whether not even the smallest item fits. */
  get isFull(): boolean {
    return this.#items === 0;
  }

  /** Takes an item of this size if it fits; the first item always does. */
  take(bytes: number): boolean {
    const fits = this.#items > 0 && (bytes < this.#bytes || this.#isEmpty);
    if (!fits) return false;
    this.#items--;
    this.#bytes -= bytes + 1;
    this.#isEmpty = false;
    return true;
  }
}

/** Returns the error response that a request failed with, if there was a response. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof PrefactorRetryExhaustedError ? error.lastError : error;
  const isRefusal = cause instanceof PrefactorApiError || cause instanceof PrefactorResponseContractError;
  return isRefusal ? cause : undefined;
}

/** Returns whether the request was too large; the proxy that says so need not respond with JSON. */
export function isTooLarge({ statusCode }: Refusal): boolean {
  return statusCode === 413;
}

/** The operation that sends the items. Without an output for the first one, a job would never end. */
function sendItems(items: readonly ReadyItem[]): Operation<object, BulkResponse> {
  const first = items[0]!.key;
  const json = new RawJson(`{"items":[${items.map(({ json }) => json).join()}]}`);
  return {
    action: "send the items",
    method: "POST",
    path: BULK_PATH,
    isParams: isObject,
    encode: () => ({ json }),
    decode: body((value): value is BulkResponse =>
      isBulkResponse(value) && isBulkOutput(value.outputs[first])
    ),
  };
}

/** Returns the size of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  return /[\u0080-\uffff]/.test(text) ? new TextEncoder().encode(text).length : text.length;
}
