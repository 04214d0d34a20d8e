/**
 * Sends items in bulk requests and adapts the size of the requests.
 *
 * @module
 */

import type { ArgumentChecker } from "../arguments.ts";
import {
  body,
  decodeResponse,
  encodeRequest,
  type Operation,
  type OperationResponse,
  sendRequest,
} from "../endpoints/operation.ts";
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

/** An item with its output. */
export interface DoneItem<Item> {
  readonly item: Item;
  readonly output: BulkOutput;
  /** The error response, if the whole request failed with it. */
  readonly refusal?: Refusal;
}

/** The outcome of one request. */
export interface SentItems<Item> {
  /** The items that have an output. */
  readonly done: readonly DoneItem<Item>[];
  /** The items without an output, because the API stopped before them. */
  readonly left: readonly Item[];
  /** The response, unless the API rejected the request as a whole. */
  readonly response?: OperationResponse;
}

/** Sends bulk requests, and adapts their size to what the API accepts. */
export class BulkSender {
  readonly #requester: HttpRequester;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  /** The maximum number of items in any request, lowered when the API rejects a whole request. */
  #ceiling: number;
  /** The maximum number of items in the next request. */
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

  /** Returns the room in the next request. */
  room(): Room {
    return new Room(this.#limit, this.#maxBytes);
  }

  /**
   * Sends one or more items in order. The API stops at the first item that fails. So that few items are sent again, the
   * next request holds at most twice as many items as the API processed.
   *
   * If the request as a whole fails with an error that is splittable, no item is done and the next request holds half
   * as many. If there was only one item, it has failed, with the error as its output.
   */
  async send<Item extends ReadyItem>(
    items: readonly Item[],
    options: RequestOptions,
    isSplittable: (refusal: Refusal) => boolean = isTooLarge,
  ): Promise<SentItems<Item>> {
    const operation = sendItems(items);
    const request = encodeRequest(operation, { params: {} }, this.#requester);
    const connectTimeout = options.connectTimeout ?? null;
    let response: OperationResponse;
    try {
      response = await sendRequest(this.#requester, request, { ...options, connectTimeout });
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal || !isSplittable(refusal)) throw error;
      this.shrink(items.length);
      return items.length > 1
        ? { done: [], left: items }
        : { done: [{ item: items[0]!, output: outputOf(refusal), refusal }], left: [] };
    }
    const { outputs } = decodeResponse(operation, request, response, this.#requester);
    const done: DoneItem<Item>[] = [];
    const left: Item[] = [];
    for (const item of items) {
      const output = Object.hasOwn(outputs, item.key) ? outputs[item.key] : undefined;
      if (output) done.push({ item, output });
      else left.push(item);
    }
    this.adapt(items.length, done.filter(({ output }) => output.status === "success").length);
    return { done, left, response };
  }

  /** Adapts the size of the next request to the number of items that the API processed. */
  adapt(count: number, through: number): void {
    const limit = through === count ? Math.max(this.#limit, 2 * through) : Math.max(1, 2 * through);
    this.#limit = Math.min(limit, this.#ceiling);
  }

  /** Halves the size of all later requests, because this one was too large. */
  shrink(count: number): void {
    // If a single item was the reason, the others can share requests again.
    this.#ceiling = count > 1 ? Math.floor(count / 2) : this.#maxItems;
    this.#limit = count > 1 ? this.#ceiling : 1;
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

  /** Whether no further item fits. */
  get isFull(): boolean {
    return this.#items === 0;
  }

  /** Reserves room for an item of this size if it fits. The first item always fits. */
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

function outputOf(refusal: Refusal): BulkOutput {
  const code = refusal instanceof PrefactorApiError ? refusal.code : "unknown";
  return { status: "error", code, message: refusal.message };
}

/** Returns whether the request was too large. The response may come from a proxy and need not be JSON. */
export function isTooLarge({ statusCode }: Refusal): boolean {
  return statusCode === 413;
}

/** The operation that sends the items. It requires an output for the first one; without it a job would never end. */
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

const encoder = /* @__PURE__ */ new TextEncoder();

/** A buffer for measuring short texts. Reusing it is several times faster than encoding into a new one. */
let buffer: Uint8Array | undefined;

/** Returns the size of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  buffer ??= new Uint8Array(16 * 1024);
  const isShort = text.length * 3 <= buffer.length;
  return isShort ? encoder.encodeInto(text, buffer).written : encoder.encode(text).length;
}
