/**
 * The sandbox: requests in, responses out.
 *
 * @module
 */

import type { HttpClientConfig } from "../config.ts";
import { ErrorReply, type Reply } from "./replies.ts";
import type { Fault } from "./fault.ts";
import type { SandboxFaults } from "./faults.ts";
import { FaultPlan } from "./faults.ts";
import { checkJsonSchema } from "./json_schema.ts";
import {
  cutResponse,
  deadResponse,
  garbageResponse,
  isFromServer,
  never,
  respond,
  wait,
} from "./responses.ts";
import type { LogEntry, ReceivedRequest, SandboxRequest } from "./request_log.ts";
import { createLogEntry, readRequest } from "./request_log.ts";
import { handleRequest } from "./router.ts";
import type {
  PayloadValidator,
  SandboxAgent,
  SandboxDeployment,
  SandboxInstance,
  SandboxSpan,
} from "./store.ts";
import { createAccount, Store } from "./store.ts";

/** Where the sandbox stands for its own clients; the name is reserved, so nothing else can stand there. */
const API_URL = "https://sandbox.prefactor.test";
const DEFAULT_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcmVmYWN0b3Itc2FuZGJveCJ9.not-a-signature";
const DEFAULT_MAX_RECORDS = 10_000;

/** How a {@linkcode PrefactorSandbox} differs from the default one. */
export interface SandboxOptions {
  /** The only token that it takes; one that looks like a token and is none, unless given. */
  token?: string;
  /** The account that everything belongs to; an id is made up unless given. */
  accountId?: string;
  /**
   * Makes the token deployment-scoped: the agent and the environment come from here, a registration leaves them out,
   * and reads get 401. The token is account-scoped unless given.
   */
  deployment?: SandboxDeployment;
  /**
   * How many there may be of each: requests, instances, spans, agents, versions, answers kept for their idempotency
   * keys; 10 000 unless given. Beyond it the oldest goes first. Of instances and spans those that ended go before those
   * that have not, and an instance takes its spans with it.
   */
  maxRecords?: number;
  /**
   * ArgumentChecker the payloads of spans in place of the sandbox itself, which looks at `type`, `required`, `properties`,
   * `enum` and `items` only.
   */
  validatePayload?: PayloadValidator;
  /** Called with each request when it is known what became of it: to write a log, for instance. */
  onRequest?: (request: SandboxRequest) => void;
}

/** What a sandbox's `fetch` takes beside a `Request`: fetch's options, or whatever a server passes its handler. */
export type SandboxFetchInit = RequestInit | object;

/**
 * A Prefactor API in memory.
 *
 * It behaves as the platform does, to the letter: tokens, lifecycle, validation, idempotency, bulk requests,
 * termination. Whatever a test wants to go wrong goes wrong on demand, by {@linkcode PrefactorSandbox.faults}.
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
  readonly #newStore: () => Store;
  #store: Store;

  /**
   * Takes a request and answers as the platform would: `(request)` or `(url, init)`, bound, so that it can be passed
   * as it is to a client's config, `Deno.serve` or `Bun.serve`. Of the URL only path and query count.
   *
   * In place of a failed connection it rejects with a `TypeError`, as `fetch` does; for a server it returns a response
   * whose body fails, on which `Deno.serve` and `Bun.serve` drop the connection. It follows no redirect.
   */
  readonly fetch: (input: Request | URL | string, init?: SandboxFetchInit) => Promise<Response>;

  /**
   * Makes an empty sandbox.
   *
   * @throws {RangeError} If `maxRecords` is no integer from 1.
   * @throws {TypeError} If `token` is empty.
   */
  constructor(options: SandboxOptions = {}) {
    const { token = DEFAULT_TOKEN, maxRecords = DEFAULT_MAX_RECORDS, validatePayload = checkJsonSchema } =
      options;
    if (token === "") throw new TypeError("Cannot make a sandbox: token must not be empty");
    if (!Number.isInteger(maxRecords) || maxRecords < 1) {
      throw new RangeError(
        `Cannot make a sandbox: maxRecords must be an integer from 1: current value is ${maxRecords}`,
      );
    }
    const account = createAccount(options.accountId, options.deployment);
    this.#onRequest = options.onRequest;
    this.#token = token;
    this.#newStore = () => new Store(account, maxRecords, validatePayload);
    this.#store = this.#newStore();
    this.fetch = (input, init) => this.#fetch(input, init);
  }

  /** What goes wrong, on demand. */
  get faults(): SandboxFaults {
    return this.#faults;
  }

  /** What came in, in order: a copy, so that it can be kept. */
  get requests(): readonly SandboxRequest[] {
    return [...this.#store.requests.records.values()];
  }

  /** The agents that registrations named, by id. */
  get agents(): ReadonlyMap<string, SandboxAgent> {
    return this.#store.agents.records;
  }

  /** The instances by id, in the order in which they came. */
  get instances(): ReadonlyMap<string, SandboxInstance> {
    return this.#store.instances.records;
  }

  /** The spans by id, in the order in which they came. */
  get spans(): ReadonlyMap<string, SandboxSpan> {
    return this.#store.spans.records;
  }

  /** The config of a client that talks to this sandbox, with the overrides in place of what it has. */
  config(overrides: Partial<HttpClientConfig> = {}): HttpClientConfig {
    return { apiUrl: API_URL, apiToken: this.#token, fetch: this.fetch, ...overrides };
  }

  /**
   * Terminates an instance, as a person can at the platform. From now on every answer about it and its spans tells the
   * agent to stop; an answer replayed for its idempotency key stays as it was.
   *
   * @throws {Error} If there is no such instance, or it is not active.
   */
  terminate(instanceId: string, reason: string): void {
    const instance = this.#store.instances.get(instanceId);
    if (!instance) throw new Error(`Cannot terminate agent instance "${instanceId}": not found`);
    if (instance.status !== "active") {
      throw new Error(`Cannot terminate agent instance "${instanceId}": its status is "${instance.status}"`);
    }
    const finished_at = new Date().toISOString();
    this.#store.changeInstance(instance, { status: "terminated", termination_reason: reason, finished_at });
  }

  /** Forgets all that came in and all faults. Token, account and the other options stay. */
  reset(): void {
    this.#store = this.#newStore();
    this.#faults.clear();
  }

  async #fetch(input: Request | URL | string, init: SandboxFetchInit | undefined): Promise<Response> {
    if (isFromServer(init)) return await this.#receive(input as Request).catch(deadResponse);
    const request = isRequest(input) && init === undefined ? input : new Request(input, init);
    return await this.#receive(request, (init as RequestInit | undefined)?.signal ?? request.signal);
  }

  /** A server's request has its signal looked at only where it has to wait: most never do. */
  async #receive(request: Request, signal?: AbortSignal): Promise<Response> {
    signal?.throwIfAborted();
    const received = await readRequest(request);
    signal?.throwIfAborted();
    const entry = createLogEntry(this.#store.account.ids.next(), received, this.#token);
    this.#store.requests.set(entry.id, entry);
    const fault = this.#faults.strike(entry);
    if (fault) entry.fault = fault.kind;
    try {
      return await this.#respond(received, entry, fault, () => signal ?? request.signal);
    } finally {
      this.#onRequest?.(entry);
    }
  }

  async #respond(
    received: ReceivedRequest,
    entry: LogEntry,
    fault: Fault | undefined,
    signal: () => AbortSignal,
  ): Promise<Response> {
    switch (fault?.kind) {
      case "refuse":
        throw new TypeError("The sandbox refused the connection");
      case "status":
        entry.status = fault.status;
        return respond(entry.id, faultReply(fault.status), { "retry-after": fault.retryAfter?.toString() });
      case "redirect":
        entry.status = 302;
        return respond(entry.id, faultReply(302), { "location": fault.location ?? `/moved${entry.path}` });
    }

    const reply = this.#handle(received);
    switch (fault?.kind) {
      case "lose":
        throw new TypeError("The sandbox lost the answer");
      case "cut":
        return cutResponse(entry.id, reply);
      case "garbage":
        entry.status = 200;
        return garbageResponse(entry.id);
      case "hang":
        return await never(signal());
      case "delay":
        await wait(fault.ms, signal());
    }
    entry.status = reply.status;
    return respond(entry.id, reply, { "allow": reply.allow });
  }

  #handle(received: ReceivedRequest): Reply {
    const [scheme, token] = received.request.headers.get("authorization")?.split(" ") ?? [];
    if (scheme?.toLowerCase() !== "bearer" || token !== this.#token) {
      return new ErrorReply(401, "bad_authtoken", "The token is missing or wrong").toReply();
    }
    return handleRequest(this.#store, received);
  }
}

function isRequest(input: Request | URL | string): input is Request {
  return typeof input === "object" && "headers" in input;
}

function faultReply(status: number): Reply {
  return new ErrorReply(status, "sandbox_fault", `The sandbox was told to respond with ${status}`).toReply();
}
