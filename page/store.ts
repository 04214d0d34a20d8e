/**
 * The data of the sandbox. Views read it and are notified of each change.
 *
 * @module
 */

import type { PageChanges, RequestRow, RunRow, SpanRow } from "../src/testing/page/rows.ts";

/** The state of the connection to the server. */
export type Connection = "connecting" | "live" | "lost";

/** The rows of the sandbox, and the state of the connection. */
export class Store {
  readonly agents = new Map<string, string | null>();
  readonly runs = new Map<string, RunRow>();
  readonly spans = new Map<string, SpanRow>();
  readonly requests = new Map<string, RequestRow>();
  faults: PageChanges["faults"] = { planned: [], random: null };
  /** Whether the state was loaded. */
  isLoaded = false;
  connection: Connection = "connecting";
  /** The difference between the server's clock and the browser's clock, in ms. */
  #clockOffset = 0;
  readonly #listeners = new Set<() => void>();

  /** Returns the server's time, in ms since the Unix epoch. */
  now(): number {
    return Date.now() + this.#clockOffset;
  }

  /** Replaces everything. */
  load(state: PageChanges): void {
    for (const rows of [this.agents, this.runs, this.spans, this.requests]) rows.clear();
    this.isLoaded = true;
    this.apply(state);
  }

  /** Applies changes. */
  apply({ now, agents, runs, spans, requests, removed, faults }: PageChanges): void {
    this.#clockOffset = now - Date.now();
    for (const { id, name } of agents) this.agents.set(id, name);
    update(this.runs, runs, removed.runs);
    update(this.spans, spans, removed.spans);
    update(this.requests, requests, removed.requests);
    this.faults = faults;
    this.#notify();
  }

  /** Sets the state of the connection. */
  setConnection(connection: Connection): void {
    this.connection = connection;
    this.#notify();
  }

  /** Returns the name of a run's agent. */
  agentOf({ agent_id }: RunRow): string {
    return this.agents.get(agent_id) ?? agent_id;
  }

  /** Returns the spans of a run. */
  spansOf(runId: string): SpanRow[] {
    return [...this.spans.values()].filter(({ run_id }) => run_id === runId);
  }

  /** Calls the listener after each change. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function update<T extends { readonly id: string }>(
  rows: Map<string, T>,
  changed: readonly T[],
  removed: readonly string[],
): void {
  for (const id of removed) rows.delete(id);
  for (const row of changed) rows.set(row.id, row);
}
