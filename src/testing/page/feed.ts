/**
 * Provides the rows of the page and streams their changes.
 *
 * No state is kept for a reader: each record has the number of its last change, so the changes since any cursor can be
 * read from the store.
 *
 * @module
 */

import type { SandboxAccess } from "../sandbox.ts";
import type { LogEntry } from "../request_log.ts";
import { type PageChanges, redactRecord, toRequestRow, toRunRow, toSpanRow } from "./rows.ts";

/** The minimum time between two events of a stream, in ms. */
const INTERVAL = 50;

/** Reads the rows and their changes from a sandbox. */
export class Feed {
  readonly #access: SandboxAccess;
  /** The streams that wait for a change: the function that wakes each, and the last change that it has sent. */
  readonly #waiting = new Map<() => void, number>();
  #changes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(access: SandboxAccess) {
    this.#access = access;
  }

  /** Notifies the streams of a change. */
  notify(): void {
    this.#changes++;
    if (this.#waiting.size > 0) this.#wakeSoon();
  }

  /** Returns all rows. */
  state(): PageChanges {
    return this.#changesSince(0)!;
  }

  /** Streams the changes since the cursor as server-sent events, until the signal aborts or the client disconnects. */
  stream(cursor: string, signal: AbortSignal): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let seen = -1;
    let wake = () => {};
    let close = () => {};
    const leave = () => {
      signal.removeEventListener("abort", end);
      this.#leave(wake);
    };
    function end(): void {
      leave();
      close();
    }
    const send = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      seen = this.#changes;
      const changes = this.#changesSinceCursor(cursor);
      cursor = changes?.cursor ?? "";
      const event = changes ? `id: ${cursor}\ndata: ${JSON.stringify(changes)}` : "event: reset\ndata: {}";
      controller.enqueue(encoder.encode(`${event}\n\n`));
      if (!changes) end();
    };
    return new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
        close = () => controller.close();
        if (signal.aborted) close();
        else signal.addEventListener("abort", end);
      },
      pull: (controller) =>
        new Promise((resolve) => {
          wake = () => {
            this.#leave(wake);
            send(controller);
            resolve();
          };
          this.#waiting.set(wake, seen);
          if (this.#changes > seen) this.#wakeSoon();
        }),
      cancel: leave,
    });
  }

  #wakeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const [wake, seen] of this.#waiting) if (this.#changes > seen) wake();
    }, INTERVAL);
  }

  #leave(wake: () => void): void {
    this.#waiting.delete(wake);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #changesSinceCursor(cursor: string): PageChanges | undefined {
    const [storeId, change] = cursor.split(".");
    return storeId === this.#access.store.id && /^\d+$/.test(change ?? "")
      ? this.#changesSince(Number(change))
      : undefined;
  }

  /** Returns the changes since a change, or all rows for 0. Returns `undefined` if that change was too long ago. */
  #changesSince(change: number): PageChanges | undefined {
    const { store, faults, token } = this.#access;
    const agents = store.agents.changesSince(change);
    const runs = store.instances.changesSince(change);
    const spans = store.spans.changesSince(change);
    const requests = store.requests.changesSince(change);
    const outcomes = store.outcomes.changesSince(change);
    if (!agents || !runs || !spans || !requests || !outcomes) return undefined;
    const entries = new Set<LogEntry | undefined>(requests.records);
    for (const { id } of outcomes.records) entries.add(store.requests.get(id));
    entries.delete(undefined);
    const redactAll = <T extends object>(records: readonly T[]) =>
      records.map((record) => redactRecord(record, token));
    return {
      cursor: `${store.id}.${store.lastChange}`,
      now: Date.now(),
      agents: redactAll(agents.records.map(({ id, name }) => ({ id, name: name ?? null }))),
      runs: redactAll(runs.records.map((instance) => toRunRow(store, instance))),
      spans: redactAll(spans.records.map(toSpanRow)),
      requests: redactAll(
        Array.from(entries, (entry) => toRequestRow(store, entry!, store.outcomes.get(entry!.id))),
      ),
      removed: redactRecord({ runs: runs.removed, spans: spans.removed, requests: requests.removed }, token),
      faults: faults.state,
    };
  }
}
