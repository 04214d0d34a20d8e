/**
 * Detects that a person has terminated a run on the platform.
 *
 * @module
 */

import { abortOn } from "../abort_signals.ts";
import { refusalOf } from "../bulk/sender.ts";
import type { PrefactorHttpClient } from "../client.ts";
import { setBackgroundTimer } from "./timers.ts";

/** Aborts a signal when the run is terminated. Queries the API if no response about the run has arrived for a while. */
export class TerminationWatch {
  readonly #client: PrefactorHttpClient;
  readonly #interval: number | null;
  readonly #controller = new AbortController();
  readonly #querying = new AbortController();
  #lastResponseAt = 0;
  #isEnded = false;
  #clearTimer: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  /** Creates a watch that queries the API after `interval` ms without a response, or never if it is `null`. */
  constructor(client: PrefactorHttpClient, interval: number | null) {
    this.#client = client;
    this.#interval = interval;
  }

  /** Aborts when the run is terminated. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Watches the run with this ID from now on. */
  start(instanceId: string): void {
    const terminated = this.#client.terminationSignal(instanceId);
    if (terminated.aborted) return this.#terminate(terminated.reason);
    this.#stopListening = abortOn(terminated, { abort: (reason) => this.#terminate(reason) });
    this.postpone();
    this.#poll(instanceId);
  }

  /** Postpones the next query, because a response about the run has arrived: it would have reported a termination. */
  postpone(): void {
    this.#lastResponseAt = Date.now();
  }

  /** Ends the watch. */
  end(): void {
    this.#isEnded = true;
    this.#clearTimer?.();
    this.#stopListening?.();
    this.#querying.abort();
  }

  #terminate(reason: unknown): void {
    this.end();
    this.#controller.abort(reason);
  }

  #poll(instanceId: string): void {
    if (this.#interval === null || this.#isEnded) return;
    const rest = this.#lastResponseAt + this.#interval - Date.now();
    this.#clearTimer = setBackgroundTimer(async () => {
      if (Date.now() >= this.#lastResponseAt + this.#interval! && !await this.#query(instanceId)) return;
      this.#poll(instanceId);
    }, rest);
  }

  /** Gets the run, so that the client sees whether it is terminated. Returns whether to query again later. */
  async #query(instanceId: string): Promise<boolean> {
    this.postpone();
    try {
      await this.#client.agentInstances.get(instanceId, { maxRetries: 0, signal: this.#querying.signal });
      return true;
    } catch (error) {
      const { statusCode } = refusalOf(error) ?? {};
      return statusCode !== 401 && statusCode !== 403;
    }
  }
}
