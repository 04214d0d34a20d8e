/**
 * The sandbox, an in-memory Prefactor API.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import type { HttpClientConfig } from "../config.ts";
import { authenticate } from "./authentication.ts";
import { Bounds } from "./collection.ts";
import { isFilled } from "./fields.ts";
import type { Fault } from "./fault.ts";
import { FaultPlan, type SandboxFaults } from "./faults.ts";
import { checkJsonSchema } from "./json_schema.ts";
import { ErrorReply, type Reply } from "./replies.ts";
import {
  createLogEntry,
  type LogEntry,
  readRequest,
  type ReceivedRequest,
  type SandboxRequest,
} from "./request_log.ts";
import {
  cutResponse,
  deadResponse,
  garbageResponse,
  isFromServer,
  never,
  respond,
  wait,
} from "./responses.ts";
import { addFirstRecords } from "./resources/administration.ts";
import { handleRequest } from "./router.ts";
import type {
  PayloadValidator,
  SandboxAgent,
  SandboxAlert,
  SandboxDeployment,
  SandboxInstance,
  SandboxSpan,
} from "./store.ts";
import { createAccount, Store } from "./store.ts";
import { createToken } from "./tokens.ts";

/** The URL of the sandbox in its clients' configs. Its top-level domain is reserved, so no real host can have it. */
const API_URL = "https://sandbox.prefactor.test";
const DEFAULT_MAX_RECORDS = 10_000;
const DEFAULT_MAX_BYTES = 256 * 2 ** 20;

/** Options of a {@linkcode PrefactorSandbox}. */
export interface SandboxOptions {
  /** The initial token. Defaults to a random one. */
  token?: string;
  /** The ID of the account. Defaults to a new ID. */
  accountId?: string;
  /**
   * Makes `token` scoped to this deployment: registrations must omit the agent and the environment, and reads get a
   * 401. By default, the token is account-scoped.
   */
  deployment?: SandboxDeployment;
  /**
   * The maximum number of records of each kind: requests, instances, spans, agents, alerts, versions and recorded
   * replies. Defaults to 10,000. The record that was changed least recently is dropped first, but ended instances and
   * spans and cleared alerts are dropped before all others. An instance is dropped together with its spans.
   */
  maxRecords?: number;
  /**
   * The maximum estimated memory of all records together, in bytes. Defaults to 256 MiB. Records are dropped in the same
   * order; requests and recorded replies count as ended.
   */
  maxBytes?: number;
  /**
   * Validates the payloads of spans. Defaults to a validator that checks `type`, `required`, `properties`, `enum` and
   * `items`.
   */
  validatePayload?: PayloadValidator;
  /** Called with each request when its outcome is known, for example to log it. */
  onRequest?: (request: SandboxRequest) => void;
}

/** The second argument of a sandbox's `fetch`: the options of `fetch`, or the second argument of a server's handler. */
export type SandboxFetchInit = RequestInit | object;

/** What the page of the server uses in addition to the public members of a sandbox. */
export interface SandboxAccess {
  readonly token: string;
  readonly faults: FaultPlan;
  /** The current store. A reset replaces it. */
  readonly store: Store;
}

/** A request in flight and its reply. */
interface Exchange {
  readonly entry: LogEntry;
  reply: Reply | undefined;
  replays: number;
}

/**
 * Gives access to a sandbox. From now on, the sandbox keeps the outcome of each request and calls `onChange` on each
 * change.
 */
export let watchSandbox: (sandbox: PrefactorSandbox, onChange: () => void) => SandboxAccess;

/**
 * An in-memory Prefactor API.
 *
 * It behaves like the platform with regard to tokens, lifecycle, validation, idempotency, bulk requests and termination.
 * {@linkcode PrefactorSandbox.faults} makes requests fail on demand.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * const sandbox = new PrefactorSandbox();
 * const client = new PrefactorHttpClient(sandbox.config());
 * const instance = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { external_identifier: "1.4.0" },
 *   agent_schema_version: { span_schemas: { "agent:llm": { type: "object" } } },
 * });
 * console.log(sandbox.instances.get(instance.id)?.status); // "pending"
 * await client.close();
 * ```
 */
export class PrefactorSandbox {
  readonly #onRequest: SandboxOptions["onRequest"];
  readonly #token: string;
  readonly #faults = new FaultPlan();
  readonly #createStore: () => Store;
  #store: Store;
  #watcher: (() => void) | undefined;

  static {
    watchSandbox = (sandbox, onChange) => {
      sandbox.#watcher = onChange;
      return {
        token: sandbox.#token,
        faults: sandbox.#faults,
        get store() {
          return sandbox.#store;
        },
      };
    };
  }

  /**
   * Handles a request, as `(request)` or `(url, init)`. Only the path and the query of the URL matter. The function is
   * bound, so it can be passed to a client's config, `Deno.serve` or `Bun.serve`.
   *
   * If a fault makes the connection fail, it rejects with a `TypeError`, like the real `fetch`. If a server has called
   * it, it instead returns a response whose body fails, so that the server drops the connection. It does not follow
   * redirects.
   */
  readonly fetch: (input: Request | URL | string, init?: SandboxFetchInit) => Promise<Response>;

  /**
   * Creates an empty sandbox.
   *
   * @throws {PrefactorClientError} If an option is invalid.
   */
  constructor(options: SandboxOptions = {}) {
    const {
      token = createToken(),
      accountId,
      maxRecords = DEFAULT_MAX_RECORDS,
      maxBytes = DEFAULT_MAX_BYTES,
      validatePayload = checkJsonSchema,
    } = options;
    const checker = new ArgumentChecker("create the sandbox");
    checker.check("token", isFilled(token), "a non-empty string", token);
    checker.check(
      "accountId",
      accountId === undefined || isFilled(accountId),
      "a non-empty string",
      accountId,
    );
    checker.checkInteger("maxRecords", maxRecords, 1);
    checker.checkInteger("maxBytes", maxBytes, 1);
    const account = createAccount(accountId, options.deployment);
    this.#onRequest = options.onRequest;
    this.#token = token;
    this.#createStore = () => {
      const bounds = new Bounds(maxRecords, maxBytes, () => this.#watcher?.());
      return addFirstRecords(new Store(account, bounds, validatePayload));
    };
    this.#store = this.#createStore();
    this.fetch = (input, init) => this.#fetch(input, init);
  }

  /** The faults that are injected into requests. */
  get faults(): SandboxFaults {
    return this.#faults;
  }

  /** The received requests, from oldest to newest. Each access creates a new array. */
  get requests(): readonly SandboxRequest[] {
    return [...this.#store.requests.records.values()];
  }

  /** The agents by ID. */
  get agents(): ReadonlyMap<string, SandboxAgent> {
    return this.#store.agents.records;
  }

  /** The instances by ID, from oldest to newest. */
  get instances(): ReadonlyMap<string, SandboxInstance> {
    return this.#store.instances.records;
  }

  /** The spans by ID, from oldest to newest. */
  get spans(): ReadonlyMap<string, SandboxSpan> {
    return this.#store.spans.records;
  }

  /** The alerts by ID, from oldest to newest. */
  get alerts(): ReadonlyMap<string, SandboxAlert> {
    return this.#store.alerts.records;
  }

  /** Returns the config for a client of this sandbox, with the overrides applied. */
  config(overrides: Partial<HttpClientConfig> = {}): HttpClientConfig {
    return { apiUrl: API_URL, apiToken: this.#token, fetch: this.fetch, ...overrides };
  }

  /**
   * Terminates an active instance, as a person can on the platform. Every later response about the instance and its
   * spans has a `control` that tells the agent to stop. Replays of earlier responses are unchanged.
   *
   * @throws {PrefactorClientError} If there is no such instance, if it is not active, or if the reason is empty.
   */
  terminate(instanceId: string, reason: string): void {
    const instance = this.#store.instances.get(instanceId);
    const checker: ArgumentChecker = new ArgumentChecker("terminate the agent instance");
    if (!instance) checker.fail("instanceId", "the ID of an agent instance", instanceId);
    checker.check("status", instance.status === "active", '"active"', instance.status);
    checker.check("reason", isFilled(reason), "a non-empty string", reason);
    this.#store.terminateInstance(instance, reason, new Date().toISOString());
  }

  /** Removes all requests, records and faults. The options are kept. */
  reset(): void {
    this.#store = this.#createStore();
    this.#faults.clear();
    this.#watcher?.();
  }

  async #fetch(input: Request | URL | string, init: SandboxFetchInit | undefined): Promise<Response> {
    const signal = (init as RequestInit | undefined)?.signal;
    if (isFromServer(init)) return await this.#receive(input as Request, signal).catch(deadResponse);
    const request = isRequest(input) && init === undefined ? input : new Request(input, init);
    return await this.#receive(request, signal ?? request.signal);
  }

  async #receive(request: Request, signal: AbortSignal | null | undefined): Promise<Response> {
    signal?.throwIfAborted();
    const received = await readRequest(request);
    signal?.throwIfAborted();
    const store = this.#store;
    const startedAt = performance.now();
    const entry = createLogEntry(store.account.createId(), received, this.#token);
    store.requests.set(entry.id, entry);
    store.trim();
    const fault = this.#faults.take(entry);
    if (fault) entry.fault = fault.kind;
    const exchange: Exchange = { entry, reply: undefined, replays: 0 };
    try {
      return await this.#respond(received, exchange, fault, signal);
    } finally {
      if (this.#watcher) {
        const { reply, replays } = exchange;
        const duration = performance.now() - startedAt;
        store.outcomes.set(entry.id, { id: entry.id, duration, replays, body: reply?.body });
        store.trim();
      }
      this.#onRequest?.(entry);
    }
  }

  async #respond(
    received: ReceivedRequest,
    exchange: Exchange,
    fault: Fault | undefined,
    signal: AbortSignal | null | undefined,
  ): Promise<Response> {
    const { entry } = exchange;
    switch (fault?.kind) {
      case "refuse":
        throw new TypeError("The sandbox refused the connection");
      case "status":
        exchange.reply = faultReply(fault.status);
        entry.status = fault.status;
        return respond(entry.id, exchange.reply, { "retry-after": fault.retryAfter?.toString() });
      case "redirect":
        exchange.reply = faultReply(302);
        entry.status = 302;
        return respond(entry.id, exchange.reply, { "location": fault.location ?? `/moved${entry.path}` });
    }

    const { replays } = this.#store;
    const reply = exchange.reply = this.#handle(received);
    exchange.replays = this.#store.replays - replays;
    switch (fault?.kind) {
      case "lose":
        throw new TypeError("The sandbox lost the response");
      case "cut":
        return cutResponse(entry.id, reply);
      case "garbage":
        entry.status = 200;
        return garbageResponse(entry.id);
      case "hang":
        // On Deno, reading the signal of a server's request prints a warning, but only the signal tells when the client
        // disconnects.
        return await never(signal ?? received.request.signal);
      case "delay":
        await wait(fault.ms, signal);
    }
    entry.status = reply.status;
    return respond(entry.id, reply, { "allow": reply.allow });
  }

  #handle(received: ReceivedRequest): Reply {
    const access = authenticate(this.#store, this.#token, received.request.headers.get("authorization"));
    if (!access) return new ErrorReply(401, "bad_authtoken", "The token is missing or not valid").toReply();
    const reply = handleRequest(this.#store, received, access);
    this.#store.trim();
    return reply;
  }
}

function isRequest(input: Request | URL | string): input is Request {
  return typeof input === "object" && "headers" in input;
}

function faultReply(status: number): Reply {
  return new ErrorReply(status, "sandbox_fault", `The sandbox responds with ${status} on demand`).toReply();
}
