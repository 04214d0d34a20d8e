/**
 * A call that waits to be sent, alone or as an item of a bulk request.
 *
 * @module
 */

import { abortOn } from "../abort_signals.ts";
import { redact } from "../arguments.ts";
import type { OperationResponse } from "../endpoints/operation.ts";
import { isPrefactorHttpError, type RequestSummary } from "../errors/errors.ts";
import { isObject } from "../guards.ts";
import type { HttpRequester, HttpRequestOptions } from "../http_requester.ts";
import { isKey } from "../idempotency.ts";
import { type BulkOutput, isItemKey } from "../models/bulk.ts";
import { RawJson } from "../raw_json.ts";
import { BULK_OPERATIONS } from "./bulk_item.ts";
import { errorFromOutput } from "./output_error.ts";
import { byteLength, type ReadyItem } from "./sender.ts";

/** A call as an item of a bulk request. */
export interface CallItem extends ReadyItem {
  readonly call: QueuedCall;
  readonly type: string;
}

/** A call from the time it is made until it settles. */
export class QueuedCall {
  readonly method: string;
  readonly path: string;
  /** The options to send the call with, if it is sent alone. */
  readonly options: HttpRequestOptions;
  /** The call as an item of a bulk request, or `undefined` if it must be sent alone. */
  item: CallItem | undefined;
  /** Settles like the call. */
  readonly response: Promise<OperationResponse>;
  /** Whether the call has settled. */
  isSettled = false;

  readonly #requester: HttpRequester;
  #resolve!: (response: OperationResponse) => void;
  #reject!: (reason: unknown) => void;
  readonly #stopListening: (() => void) | undefined;

  constructor(requester: HttpRequester, method: string, path: string, options: HttpRequestOptions) {
    this.#requester = requester;
    this.method = method;
    this.path = path;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal } = options;
    if (signal?.aborted) this.reject(signal.reason);
    else if (signal) this.#stopListening = abortOn(signal, { abort: (reason) => this.reject(reason) });

    const encoded = encodeCall(method, path, options);
    this.options = encoded?.options ?? options;
    this.item = encoded && { ...encoded.item, call: this };
  }

  resolve(response: OperationResponse): void {
    if (this.#settle()) this.#resolve(response);
  }

  reject(reason: unknown): void {
    if (this.#settle()) this.#reject(reason);
  }

  /** Rejects with a copy of the error of a bulk request, as if this call had failed alone. */
  rejectWithCopy(error: unknown): void {
    this.reject(isPrefactorHttpError(error) ? copyError(error, this.#summary) : error);
  }

  /** Settles with the item's output, as a single request would with the same response. */
  settle(output: BulkOutput, response: OperationResponse): void {
    if (output.status === "success") return this.resolve({ ...response, body: output });
    const { requestId } = response;
    this.reject(errorFromOutput(output, { requester: this.#requester, request: this.#summary, requestId }));
  }

  get #summary(): RequestSummary {
    const { method, path, options: { idempotencyKey } } = this;
    return redact(this.#requester, { method, path, idempotencyKey }) as RequestSummary;
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    this.#stopListening?.();
    return true;
  }
}

/** The options that a call may have to be an item. */
const ITEM_OPTIONS: readonly string[] = ["json", "idempotencyKey", "signal"];

/** The operations that can be items. Those without an ID have their whole path in `start`. */
const OPERATIONS = /* @__PURE__ */ Object.entries(BULK_OPERATIONS)
  .filter(([, { method }]) => method === "POST")
  .map(([type, { path, idField }]) => {
    const [start = "", end = ""] = path.split("{id}");
    return { type, idField, start, end };
  });

/** Returns the first fields of the item whose single operation has this path, as JSON without the closing brace. */
function firstFieldsOf(path: string): { type: string; json: string } | undefined {
  for (const { type, idField, start, end } of OPERATIONS) {
    if (!path.startsWith(start) || !path.endsWith(end)) continue;
    const id = path.slice(start.length, path.length - end.length);
    const json = `{"_type":"${type}"`;
    if (!idField && id === "") return { type, json };
    if (idField && /^[^/?]+$/.test(id)) {
      return { type, json: `${json},"${idField}":${JSON.stringify(decodeURIComponent(id))}` };
    }
  }
  return undefined;
}

/**
 * Encodes a call as an item, and serializes its body once for both ways of sending it. Returns `undefined` for a call
 * that cannot be an item.
 */
function encodeCall(
  method: string,
  path: string,
  options: HttpRequestOptions,
): { item: Omit<CallItem, "call">; options: HttpRequestOptions } | undefined {
  const { json, idempotencyKey } = options;
  if (method !== "POST" || !isObject(json)) return undefined;
  for (const name in options) {
    if (!ITEM_OPTIONS.includes(name) && options[name as keyof HttpRequestOptions] !== undefined) {
      return undefined;
    }
  }
  const { idempotency_key: key, _type } = json;
  if (_type !== undefined || !isKey(key) || !isItemKey(key)) return undefined;
  if (idempotencyKey !== undefined && idempotencyKey !== key) return undefined;

  try {
    const first = firstFieldsOf(path);
    if (!first) return undefined;
    const body = JSON.stringify(json);
    const text = `${first.json},${body.slice(1)}`;
    return {
      item: { type: first.type, key, json: text, bytes: byteLength(text) },
      options: { ...options, signal: undefined, json: new RawJson(body), idempotencyKey: key },
    };
  } catch {
    return undefined; // the client rejects such a path or body
  }
}

/** Copies an error and replaces its request. */
function copyError(error: Error, request: RequestSummary): Error {
  const copy = new Error(error.message);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
  const { stack: _, request: __, ...fields }: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(error);
  Object.defineProperties(copy, fields);
  const own = { configurable: true, writable: true };
  Object.defineProperty(copy, "stack", { ...own, value: error.stack, enumerable: false });
  return Object.defineProperty(copy, "request", { ...own, value: request, enumerable: true });
}
