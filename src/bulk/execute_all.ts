/**
 * A bulk job: any number of items, in as many requests as they take.
 *
 * @module
 */

import { abortOn } from "../abort_signals.ts";
import { ArgumentChecker, redact } from "../arguments.ts";
import { PrefactorBulkError, PrefactorClientError } from "../errors/errors.ts";
import { findIssue, isObject } from "../guards.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { type BulkItem, type BulkResult, isBulkItem } from "../models/bulk.ts";
import { reasonOf } from "../redaction.ts";
import { encodeItem, observeOutput } from "./bulk_item.ts";
import { type BulkLimits, BulkSender, byteLength, type ReadyItem } from "./sender.ts";

/** The progress of a bulk job. */
export interface BulkProgress {
  /** The number of items that have an output, including those that failed. */
  done: number;
  /** The number of items that failed. */
  failed: number;
  /** The total number of items, if the items are an array. */
  total?: number;
}

/** Options of {@linkcode BulkClient.executeAll}. */
export interface ExecuteAllOptions extends RequestOptions, BulkLimits {
  /** Whether to stop at the first item that fails. Defaults to `false`. */
  stopOnError?: boolean | undefined;
  /**
   * Called after each request, and awaited if it returns a promise. If it throws or rejects, the job stops and the error
   * becomes the cause.
   */
  onProgress?: ((progress: BulkProgress) => unknown) | undefined;
}

/** A source of items. */
export type BulkItems = Iterable<BulkItem> | AsyncIterable<BulkItem>;

/** An item of a job that has no output yet. */
interface PendingItem extends ReadyItem {
  readonly item: BulkItem;
}

/** Executes all items of a job. */
export async function executeAll(
  requester: HttpRequester,
  items: BulkItems,
  options: ExecuteAllOptions,
): Promise<BulkResult> {
  const checker: ArgumentChecker = new ArgumentChecker("execute the items", requester);
  checker.checkModel("options", isObject, options);
  const { maxItems, maxBytes, stopOnError, onProgress, ...requestOptions }: ExecuteAllOptions = options;
  const sender = new BulkSender(requester, { maxItems, maxBytes }, checker);
  const source = new ItemSource(items, checker, requester, requestOptions.signal);
  const result: BulkResult = { outputs: new Map(), failed: [], unattempted: [] };
  let pending: PendingItem[] = [];
  try {
    for (;;) {
      const count = await fill(pending);
      if (count === 0) return result;
      const { done, left } = await sender.send(pending.slice(0, count), requestOptions);
      pending = [...left, ...pending.slice(count)];
      for (const { item: { item, key }, output } of done) {
        result.outputs.set(key, output);
        if (output.status === "error") result.failed.push({ item, output });
      }
      for (const { item: { item }, output } of done) observeOutput(requester, item, output);
      const progress = { done: result.outputs.size, failed: result.failed.length };
      const { total } = source;
      const watched = onProgress?.(total === undefined ? progress : { ...progress, total });
      await untilAborted(requestOptions.signal, watched);
      if (stopOnError && result.failed.length > 0) {
        await stop();
        return result;
      }
    }
  } catch (cause) {
    await stop();
    const reason = redact(requester, reasonOf(cause));
    const message = `Cannot execute all items: stopped after ${result.outputs.size}: ${reason}`;
    throw new PrefactorBulkError(message, result, { cause });
  }

  /** Reads the items that fit into the next request, and returns their number. */
  async function fill(pending: PendingItem[]): Promise<number> {
    const room = sender.room();
    for (let count = 0;; count++) {
      if (room.isFull) return count;
      if (count === pending.length) {
        const next = await source.read();
        if (!next) return count;
        pending.push(next);
      }
      if (!room.take(pending[count]!.bytes)) return count;
    }
  }

  async function stop(): Promise<void> {
    await source.close();
    result.unattempted = [...pending.map(({ item }) => item), ...source.rest];
  }
}

/** Reads and checks the items of a job, one after the other. */
class ItemSource {
  /** The number of items, if it is known. */
  readonly total: number | undefined;

  readonly #checker: ArgumentChecker;
  readonly #requester: HttpRequester;
  readonly #signal: AbortSignal | undefined;
  readonly #array: readonly BulkItem[];
  readonly #iterator: Iterator<BulkItem> | AsyncIterator<BulkItem>;
  readonly #indices = new Map<string, number>();
  #index = -1;
  #state: "idle" | "reading" | "ended" = "idle";
  #refused: BulkItem[] = [];

  constructor(
    items: BulkItems,
    checker: ArgumentChecker,
    requester: HttpRequester,
    signal: AbortSignal | undefined,
  ) {
    this.#requester = requester;
    const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = Object(items);
    const makeIterator = asyncIterator ?? iterator;
    const expected = "an iterable or async iterable of items";
    checker.check("items", typeof makeIterator === "function", expected, items);
    const isArray = Array.isArray(items);
    this.#array = isArray ? [...items] : [];
    this.total = isArray ? items.length : undefined;
    this.#iterator = makeIterator.call(isArray ? this.#array : items);
    this.#checker = checker;
    this.#signal = signal;
  }

  /** The items that were not accepted: the one that failed the last check, and the rest of an array. */
  get rest(): readonly BulkItem[] {
    return [...this.#refused, ...this.#array.slice(this.#index + 1)];
  }

  /** Reads the next item; `undefined` after the last one. */
  async read(): Promise<PendingItem | undefined> {
    this.#signal?.throwIfAborted();
    if (this.#state === "ended") return undefined;
    const { done, value: item } = await this.#next();
    if (done) return undefined;
    const name = `items[${++this.#index}]`;
    try {
      return this.#prepare(name, item);
    } catch (error) {
      this.#refused = [item];
      throw error;
    }
  }

  /** Reads from the iterator. An abort ends the wait for an item, but does not stop the iterator itself. */
  async #next(): Promise<IteratorResult<BulkItem, unknown>> {
    this.#state = "reading";
    try {
      const result = await untilAborted(this.#signal, this.#iterator.next());
      this.#state = result.done ? "ended" : "idle";
      return result;
    } catch (error) {
      if (!this.#signal?.aborted) this.#state = "ended";
      throw error;
    }
  }

  #prepare(name: string, item: unknown): PendingItem {
    const issue = isBulkItem(item) ? undefined : findIssue(isBulkItem, item);
    if (issue) {
      const path = issue.path === "" ? name : `${name}.${issue.path}`;
      this.#checker.fail(path, issue.expected, issue.value);
    }
    const { idempotency_key: key } = item as BulkItem;
    const twin = this.#indices.get(key);
    const expected = `different from that of items[${twin}]`;
    this.#checker.check(`${name}.idempotency_key`, twin === undefined, expected, key);
    this.#indices.set(key, this.#index);
    const json = serialise(name, encodeItem(item as BulkItem, this.#checker), this.#requester);
    return { item: item as BulkItem, key, json, bytes: byteLength(json) };
  }

  /** Closes the iterator. If a read is pending, the iterator closes after that read. */
  async close(): Promise<void> {
    if (this.#state === "ended") return;
    try {
      const closing = Promise.resolve(this.#iterator.return?.());
      if (this.#state === "reading") closing.catch(() => {});
      else await closing;
    } catch {
      // The error that stopped the job takes precedence.
    }
  }
}

/** Resolves like the promise; rejects with the signal's reason if it aborts first. */
function untilAborted<T>(signal: AbortSignal | undefined, promise: T | Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let stopListening: (() => void) | undefined;
    if (signal?.aborted) reject(signal.reason);
    else if (signal) {
      const abort = (reason: unknown) => {
        stopListening?.();
        reject(reason);
      };
      stopListening = abortOn(signal, { abort });
    }
    Promise.resolve(promise).then(resolve, reject).finally(stopListening);
  });
}

function serialise(name: string, item: BulkItem, requester: HttpRequester): string {
  try {
    return JSON.stringify(item);
  } catch (error) {
    const cause = new Error(String(redact(requester, reasonOf(error))));
    throw new PrefactorClientError(`Cannot execute the items: '${name}' cannot be written as JSON`, {
      cause,
    });
  }
}
