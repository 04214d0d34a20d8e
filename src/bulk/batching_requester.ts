/**
 * A requester that sends concurrent calls together.
 *
 * @module
 */

import { ArgumentChecker, redact } from "../arguments.ts";
import { type OperationResponse, sendRequest } from "../endpoints/operation.ts";
import { isObject, isString } from "../guards.ts";
import type {
  ApiResponseInfo,
  ControlObservation,
  HttpRequester,
  HttpRequestOptions,
} from "../http_requester.ts";
import { createIdempotencyKey } from "../idempotency.ts";
import type { BulkOutput } from "../models/bulk.ts";
import type { JsonObject } from "../models/common.ts";
import { type CallItem, QueuedCall } from "./queued_call.ts";
import { type BulkLimits, BulkSender, isTooLarge, refusalOf } from "./sender.ts";

/** The statuses with which the API may reject a whole request because of a single item. */
const SPOILT_STATUSES: readonly (number | undefined)[] = [400, 404, 405, 409, 422];

/**
 * Sends calls of the endpoint classes together in bulk requests. It adds no delay: a call is sent at once, unless a
 * request is in flight. It is then sent right after that request, together with all other waiting calls.
 *
 * Calls that can be items of a bulk request, such as `agentSpans.create` and `agentSpans.finish`, share requests. Other
 * calls are sent on their own. All calls except GETs are sent in order, one request at a time. Each call settles with
 * the result or error that it would have had on its own.
 *
 * @example
 * ```ts
 * import { AgentSpanClient, BatchingRequester, PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * const sandbox = new PrefactorSandbox();
 * await using client = new PrefactorHttpClient(sandbox.config());
 * const run = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: {},
 *   agent_schema_version: { span_schemas: { read: { type: "object" } } },
 * });
 *
 * await using batching = new BatchingRequester(client);
 * const agentSpans = new AgentSpanClient(batching);
 * await Promise.all([1, 2, 3].map((page) =>
 *   agentSpans.create({
 *     agent_instance_id: run.id,
 *     schema_name: "read",
 *     status: "complete",
 *     payload: { page },
 *   })
 * ));
 * console.log(sandbox.spans.size, sandbox.requests.length); // 3 2
 * ```
 */
export class BatchingRequester implements HttpRequester {
  /** Sends a request and resolves to its response with status and headers, if the client supports that. */
  readonly send?: (method: string, path: string, options?: HttpRequestOptions) => Promise<ApiResponseInfo>;

  readonly #client: HttpRequester;
  readonly #sender: BulkSender;
  /** The calls that wait to be sent, in order. */
  #queue: QueuedCall[] = [];
  /** The item types that the API does not support in bulk requests. */
  readonly #unknownTypes = new Set<string>();
  /** The GETs in flight. */
  readonly #reads = new Set<Promise<unknown>>();
  #isRunning = false;
  /** The number of calls made, and the number of calls done. Calls are done in order. */
  #made = 0;
  #done = 0;
  #flushes: { readonly target: number; readonly resolve: () => void }[] = [];

  /**
   * Creates the requester.
   *
   * @param client Sends the requests, such as a `PrefactorHttpClient`.
   * @param limits The limits of one bulk request.
   * @throws {PrefactorClientError} If a limit is invalid.
   */
  constructor(client: HttpRequester, limits: BulkLimits = {}) {
    const checker: ArgumentChecker = new ArgumentChecker("create the batching requester");
    checker.checkModel("limits", isObject, limits);
    this.#client = client;
    this.#sender = new BulkSender(client, limits, checker);
    if (client.send) {
      this.send = (method, path, options = {}) =>
        this.#call(method, path, options) as Promise<ApiResponseInfo>;
    }
  }

  /**
   * Sends a request.
   *
   * @param method The HTTP method.
   * @param path The path, with its leading `/`.
   * @param options The query, the body, the idempotency key and the caller's options.
   * @returns The JSON object of the response, or the output of the call's item in a bulk request.
   * @throws {PrefactorHttpError} The same errors as the client.
   */
  async request(method: string, path: string, options: HttpRequestOptions = {}): Promise<JsonObject> {
    return (await this.#call(method, path, options)).body;
  }

  /**
   * Creates an idempotency key with the client.
   *
   * @returns The key.
   */
  createIdempotencyKey(): string {
    return this.#client.createIdempotencyKey?.() ?? createIdempotencyKey();
  }

  /**
   * Removes secrets from a JSON value with the client.
   *
   * @param value The JSON value.
   * @returns A copy without secrets.
   */
  redact(value: unknown): unknown {
    return redact(this.#client, value);
  }

  /**
   * Passes what a response says about an agent instance to the client. Called by the endpoint classes.
   *
   * @param observation What the response says.
   */
  observeControl(observation: ControlObservation): void {
    this.#client.observeControl?.(observation);
  }

  /**
   * Waits until the requests of all earlier calls have settled. The time that calls wait here does not count toward
   * the client's `totalTimeout`, and the client's `close()` does not wait for them.
   *
   * @returns A promise that resolves when those requests have settled, and never rejects.
   */
  async flush(): Promise<void> {
    const target = this.#made;
    const line = target > this.#done &&
      new Promise<void>((resolve) => this.#flushes.push({ target, resolve }));
    await Promise.allSettled([line, ...this.#reads]);
  }

  /** Waits for all requests, for `await using`. The client stays open. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.flush();
  }

  #call(method: string, path: string, options: HttpRequestOptions): Promise<OperationResponse> {
    if (method === "GET") {
      const read = sendRequest(this.#client, { method, path, options }, undefined);
      this.#reads.add(read);
      const end = () => this.#reads.delete(read);
      read.then(end, end);
      return read;
    }
    const call = new QueuedCall(this.#client, method, path, options);
    this.#made++;
    this.#queue.push(call);
    if (!this.#isRunning) void this.#run();
    return call.response;
  }

  /** Sends all calls of the queue. It never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    await undefined; // calls made in the same turn share a request
    while (this.#queue.length > 0) {
      const taken = this.#take();
      const calls = taken.filter(({ isSettled }) => !isSettled);
      const left = calls.length > 1
        ? await this.#sendTogether(calls.map(({ item }) => item!))
        : await this.#sendAlone(calls[0]);
      if (left.length > 0) this.#queue = [...left, ...this.#queue];
      this.#done += taken.length - left.length;
      const isDone = ({ target }: { target: number }) => target <= this.#done;
      this.#flushes.filter(isDone).forEach(({ resolve }) => resolve());
      this.#flushes = this.#flushes.filter((flush) => !isDone(flush));
    }
    this.#isRunning = false;
  }

  /** Removes the calls of the next request from the queue: as many items as fit, or a single call. */
  #take(): QueuedCall[] {
    const room = this.#sender.room();
    const keys = new Set<string>();
    let count = 0;
    for (const { isSettled, item } of this.#queue) {
      if (!isSettled) {
        if (!item || this.#unknownTypes.has(item.type)) {
          if (keys.size === 0) count++;
          break;
        }
        if (keys.has(item.key) || !room.take(item.bytes)) break;
        keys.add(item.key);
      }
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** Sends one call as a plain request. */
  async #sendAlone(call: QueuedCall | undefined): Promise<QueuedCall[]> {
    if (!call) return [];
    try {
      call.resolve(await sendRequest(this.#client, call, undefined));
      this.#sender.adapt(1, 1);
    } catch (error) {
      const refusal = refusalOf(error);
      if (call.item && refusal) {
        if (isTooLarge(refusal)) this.#sender.shrink(1);
        else this.#sender.adapt(1, 0);
      }
      call.reject(error);
    }
    return [];
  }

  /** Sends several calls in a bulk request, and returns those that must be sent again. */
  async #sendTogether(items: CallItem[]): Promise<QueuedCall[]> {
    const calls = items.map(({ call }) => call);
    try {
      const { done, left, response } = await this.#sender.send(items, {});
      const again = left.map(({ call }) => call);
      for (const { item: { call, type }, output } of done) {
        if (isAboutType(output)) {
          this.#unknownTypes.add(type);
          again.unshift(call); // the item that failed is the last one that has an output
        } else {
          call.settle(output, response!);
        }
      }
      return again;
    } catch (error) {
      if (SPOILT_STATUSES.includes(refusalOf(error)?.statusCode)) {
        for (const call of calls) call.item = undefined;
        return calls;
      }
      for (const call of calls) call.rejectWithCopy(error);
      return [];
    }
  }
}

/** Returns whether the API rejected an item because it does not support its type in bulk requests. */
function isAboutType({ status, errors, message }: BulkOutput): boolean {
  if (status !== "error") return false;
  return isObject(errors) && Object.hasOwn(errors, "_type") || isString(message) && /\b_type\b/.test(message);
}
