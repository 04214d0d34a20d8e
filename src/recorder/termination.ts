/**
 * The termination of a run by a person at the platform.
 *
 * @module
 */

import { abortOn } from "../abort_signals.ts";
import { refusalOf } from "../bulk/sender.ts";
import type { PrefactorHttpClient } from "../client.ts";
import { setBackgroundTimer } from "./timers.ts";

/** Aborts a signal when the run is terminated. Asks the API if no response about the run came for a while. */
export class TerminationWatch {
  readonly #client: PrefactorHttpClient;
  readonly #interval: number | null;
  readonly #controller = new AbortController();
  readonly #asking = new AbortController();
  #heardAt = 0;
  #isEnded = false;
  #clearTimer: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  /** Creates a watch that asks after this time without a response, in ms. */
  constructor(client: PrefactorHttpClient, interval: number | null) {
    this.#client = client;
    this.#interval = interval;
  }

  /** Aborts when the run is terminated. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Watches the run with this id from now on. */
  start(instanceId: string): void {
    const terminated = this.#client.terminationSignal(instanceId);
    if (terminated.aborted) return this.#terminate(terminated.reason);
    this.#stopListening = abortOn(terminated, { abort: (reason) => this.#terminate(reason) });
    this.heard();
    this.#poll(instanceId);
  }

  /** Notes that a response about the run came, which would have said that the run is terminated. */
  heard(): void {
    this.#heardAt = Date.now();
  }

  /** Ends the watch. */
  end(): void {
    this.#isEnded = true;
    this.#clearTimer?.();
    this.#stopListening?.();
    this.#asking.abort();
  }

  #terminate(reason: unknown): void {
    this.end();
    this.#controller.abort(reason);
  }

  #poll(instanceId: string): void {
    if (this.#interval === null || this.#isEnded) return;
    const rest = this.#heardAt + this.#interval - Date.now();
    this.#clearTimer = setBackgroundTimer(async () => {
      if (Date.now() >= this.#heardAt + this.#interval! && !await this.#ask(instanceId)) return;
      this.#poll(instanceId);
    }, rest);
  }

  /** Asks for the run, whose status the client looks at. Returns whether to ask again later. */
  async #ask(instanceId: string): Promise<boolean> {
    this.heard();
    try {
      await this.#client.agentInstances.get(instanceId, { maxRetries: 0, signal: this.#asking.signal });
      return true;
    } catch (error) {
      const { statusCode } = refusalOf(error) ?? {};
      return statusCode !== 401 && statusCode !== 403;
    }
  }
}
