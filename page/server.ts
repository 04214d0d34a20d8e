/// <reference lib="dom" />
/**
 * The connection to the sandbox server.
 *
 * @module
 */

import type { PageChanges } from "../src/testing/page/rows.ts";
import type { Store } from "./store.ts";

const RETRY_DELAY = 1_000;

/**
 * Keeps the store up to date: loads the state, and then follows the events. The browser resumes lost streams after the
 * last event. The server sends `reset` if that is impossible, because it was restarted or the sandbox was reset. A
 * hidden page keeps no stream open, because browsers allow only six connections to a server.
 */
export function follow(store: Store): void {
  let cursor: string | undefined;
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
  open();

  function open(): void {
    if (stream || document.hidden) return;
    if (cursor === undefined) load();
    else listen(cursor);
  }

  async function load(): Promise<void> {
    try {
      const state = await get<PageChanges>("state");
      cursor = state.cursor;
      store.load(state);
      open();
    } catch {
      retry();
    }
  }

  function listen(after: string): void {
    stream = new EventSource(`/_sandbox/events?after=${encodeURIComponent(after)}`);
    stream.addEventListener("open", () => store.setConnection("live"));
    stream.addEventListener("message", ({ data }) => {
      const changes: PageChanges = JSON.parse(data);
      cursor = changes.cursor;
      store.apply(changes);
    });
    stream.addEventListener("reset", () => {
      close();
      cursor = undefined;
      open();
    });
    stream.addEventListener("error", () => {
      store.setConnection("lost");
      if (stream?.readyState === EventSource.CLOSED) retry();
    });
  }

  function retry(): void {
    close();
    store.setConnection("lost");
    timer = setTimeout(open, RETRY_DELAY);
  }

  function close(): void {
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
  }
}

/** Gets data from the sandbox server. */
export async function get<T>(path: string): Promise<T> {
  return await read(await fetch(`/_sandbox/${path}`));
}

/** Performs an action on the sandbox. */
export async function post(path: string, body: object = {}): Promise<void> {
  await read(await fetch(`/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) }));
}

async function read<T>(response: Response): Promise<T> {
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body;
}
