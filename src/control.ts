/**
 * The termination signal: turns what responses say about agent instances into an `AbortSignal` and a hook event.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { PrefactorTerminatedError } from "./errors/errors.ts";
import { type ClientHooks, notify } from "./hooks.ts";
import type { ControlObservation } from "./http_requester.ts";
import type { Redactor } from "./redaction.ts";

/** The maximum number of instances, and of spans, that are remembered. */
const MAX_ENTRIES = 10_000;

/** The maximum length of an ID or a reason that is shown, in characters. */
const MAX_TEXT_LENGTH = 4_096;

/** Remembers which instances were terminated, and which instance a span belongs to. */
export class ControlMonitor {
  readonly #hooks: ClientHooks | undefined;
  readonly #redactor: Redactor;
  readonly #controllers = new BoundedMap<AbortController>(MAX_ENTRIES);
  readonly #instanceOfSpan = new BoundedMap<string>(MAX_ENTRIES);

  /** Creates the monitor of a client. */
  constructor({ hooks, redactor }: { hooks: ClientHooks | undefined; redactor: Redactor }) {
    this.#hooks = hooks;
    this.#redactor = redactor;
  }

  /**
   * Returns the signal of an instance, which stays the same until the instance has finished or the monitor is cleared.
   */
  signal(agentInstanceId: string): AbortSignal {
    return this.#controllerOf(agentInstanceId).signal;
  }

  /** Records what a response says about an instance. */
  observe({ agentInstanceId, agentSpanId, control, finished }: ControlObservation): void {
    if (agentSpanId !== undefined) {
      if (agentInstanceId !== undefined) this.#instanceOfSpan.set(agentSpanId, agentInstanceId);
      else agentInstanceId = this.#instanceOfSpan.get(agentSpanId);
    }
    if (control) {
      const terminate = control.terminate === true;
      const reason = typeof control.reason === "string" ? this.#show(control.reason) : null;
      const shownId = agentInstanceId === undefined ? undefined : this.#show(agentInstanceId);
      if (this.#hooks) notify(this.#hooks, "onControl", { agentInstanceId: shownId, terminate, reason });
      if (terminate && agentInstanceId !== undefined) {
        const message = `Agent instance ${shownId} was terminated: ${reason ?? "no reason given"}`;
        const error = new PrefactorTerminatedError(message, { agentInstanceId: shownId!, reason });
        this.#controllerOf(agentInstanceId).abort(error); // has no effect after the first time
      }
    }
    if (finished && agentInstanceId !== undefined) this.#controllers.delete(agentInstanceId);
  }

  /** Forgets everything. */
  clear(): void {
    this.#controllers.clear();
    this.#instanceOfSpan.clear();
  }

  #show(text: string): string {
    return this.#redactor.start(text, MAX_TEXT_LENGTH);
  }

  #controllerOf(agentInstanceId: string): AbortController {
    const known = this.#controllers.get(agentInstanceId);
    if (known) return known;
    const controller = new AbortController();
    this.#controllers.set(agentInstanceId, controller);
    return controller;
  }
}
