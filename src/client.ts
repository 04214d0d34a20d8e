/**
 * The client: puts the parts together and owns closing.
 *
 * @module
 */

import { Call } from "./call.ts";
import { ConcurrencyLimit } from "./concurrency.ts";
import type { HttpClientConfig, ResolvedConfig } from "./config.ts";
import { resolveConfig } from "./config.ts";
import { AgentInstanceClient } from "./endpoints/agent_instances.ts";
import { AgentSpanClient } from "./endpoints/agent_spans.ts";
import { BulkClient } from "./endpoints/bulk.ts";
import { readEnvironment } from "./environment.ts";
import {
  PrefactorApiError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
} from "./errors.ts";
import { show } from "./guards.ts";
import { notify } from "./hooks.ts";
import type { HttpRequester, HttpRequestOptions } from "./http_requester.ts";
import { createIdempotencyKey } from "./idempotency.ts";
import type { JsonObject } from "./models/common.ts";
import { Redactor } from "./redaction.ts";
import { type PreparedRequest, prepareRequest } from "./request.ts";
import { RetryHandler } from "./retry.ts";
import { setTimer } from "./timer.ts";
import { Transport } from "./transport.ts";

/**
 * A client of the Prefactor API.
 *
 * It opens nothing before the first call and keeps no process alive when idle. Close it, or declare it with
 * `await using`, to let what is in flight finish.
 *
 * @example Record a run
 * ```ts no-assert
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * const instance = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { name: "Librarian", external_identifier: "1.4.0" },
 *   agent_schema_version: { external_identifier: "1", span_schemas: { search: { type: "object" } } },
 * });
 * await client.agentInstances.start(instance.id);
 * const span = await client.agentSpans.create({
 *   agent_instance_id: instance.id,
 *   schema_name: "search",
 *   status: "active",
 *   payload: { query: "retry" },
 * });
 * await client.agentSpans.finish(span.id, { result_payload: { hits: 3 } });
 * await client.agentInstances.finish(instance.id);
 * ```
 */
export class PrefactorHttpClient implements HttpRequester {
  /** Registers, starts and finishes agent instances. */
  readonly agentInstances: AgentInstanceClient;
  /** Creates and finishes spans. */
  readonly agentSpans: AgentSpanClient;
  /** Carries out many operations in one request. */
  readonly bulk: BulkClient;

  readonly #config: ResolvedConfig;
  readonly #redactor: Redactor;
  readonly #transport: Transport;
  readonly #limit: ConcurrencyLimit;
  readonly #inFlight = new Set<Call>();
  #closed = false;
  #onIdle: (() => void)[] = [];

  /**
   * Makes a client; nothing is opened or sent.
   *
   * @param config Where the API is, the token, and what else is to differ from the defaults.
   * @throws {PrefactorClientError} Where a field is wrong; the message names it.
   */
  constructor(config: HttpClientConfig) {
    this.#config = resolveConfig(config);
    this.#redactor = new Redactor(this.#config.apiToken);
    this.#transport = new Transport(this.#config, this.#redactor);
    this.#limit = new ConcurrencyLimit(this.#config.maxConcurrency);
    this.agentInstances = new AgentInstanceClient(this);
    this.agentSpans = new AgentSpanClient(this);
    this.bulk = new BulkClient(this);
  }

  /**
   * Makes a client from the environment variables `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN`, on Deno
   * (which asks for `--allow-env`), Bun and Node.
   *
   * @param overrides What is to differ from the defaults; a variable is not read where its field is here.
   * @throws {PrefactorClientError} Where a variable is missing, or a field is wrong; the message names it.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient } from "@prefactor/http";
   *
   * Deno.env.set("PREFACTOR_API_URL", "https://app.prefactorai.com");
   * Deno.env.set("PREFACTOR_API_TOKEN", "a token from your account");
   * await using client = PrefactorHttpClient.fromEnv({ maxRetries: 5 });
   * ```
   */
  static fromEnv(overrides: Partial<HttpClientConfig> = {}): PrefactorHttpClient {
    return new PrefactorHttpClient({
      ...overrides,
      apiUrl: overrides.apiUrl ?? readEnvironment("PREFACTOR_API_URL"),
      apiToken: overrides.apiToken ?? readEnvironment("PREFACTOR_API_TOKEN"),
    });
  }

  /**
   * Sends a request that no endpoint method covers, with the same retries, timeouts and errors.
   *
   * @param method `"GET"`, `"POST"`, `"PUT"`, `"PATCH"` or `"DELETE"`.
   * @param path The path behind the `apiUrl`, such as `/api/v1/ping`; it may have a query.
   * @param options The query, the body, the key, and what is to differ from the config for this call.
   * @returns The JSON object that came.
   * @throws {PrefactorClientError} For a wrong argument or a closed client; nothing was sent.
   * @throws {PrefactorApiError} Where the API answered with an error that is not worth a retry.
   * @throws {PrefactorResponseContractError} Where the answer is no JSON object.
   * @throws {PrefactorRetryExhaustedError} Where every attempt failed.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
   * await client.request("GET", "/api/v1/ping");
   * ```
   */
  async request(method: string, path: string, options: HttpRequestOptions = {}): Promise<JsonObject> {
    if (this.#closed) throw closedError();
    const request = prepareRequest(this.#config, method, path, options);
    options.signal?.throwIfAborted();
    const call = new Call(options.signal);
    this.#inFlight.add(call);
    try {
      return await this.#run(request, call);
    } finally {
      call.dispose();
      this.#inFlight.delete(call);
      if (this.#inFlight.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
    }
  }

  /** Makes an idempotency key as the client does for a call that has none. */
  createIdempotencyKey(): string {
    return createIdempotencyKey(this.#config.defaultIdempotencyKey);
  }

  /** Takes the token out of an answer before it goes into an error. */
  redact<T extends JsonObject>(body: T): T {
    return this.#redactor.json(body) as T;
  }

  /**
   * Refuses new calls and waits for those in flight.
   *
   * @param options.timeout How long to wait, in ms, before what is still in flight is aborted; those calls
   * reject with the error that new calls get. Without it, they have all the time that their own timeouts and
   * retries give them.
   * @returns A promise that resolves when nothing is in flight any more. Closing twice is fine.
   */
  async close(options: { timeout?: number } = {}): Promise<void> {
    const { timeout } = options;
    if (timeout !== undefined && !(typeof timeout === "number" && timeout >= 0)) {
      throw new PrefactorClientError(
        `Cannot close: 'timeout' must be a number of ms >= 0, but is ${show(timeout)}`,
      );
    }
    this.#closed = true;
    if (this.#inFlight.size === 0) return;
    const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
    const abortAll = () => this.#inFlight.forEach((call) => call.abort(closedError()));
    const timer = timeout === undefined ? undefined : setTimer(abortAll, timeout);
    await idle;
    clearTimeout(timer);
  }

  /** Closes the client, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The first attempt, and where it fails in a way that may pass, the retries. */
  async #run(request: PreparedRequest, call: Call): Promise<JsonObject> {
    let failure: unknown;
    try {
      return await this.#attempt(request, call, 1);
    } catch (error) {
      failure = error;
    }
    if (call.aborted) throw call.reason;
    if (request.maxRetries === 0 || !this.#isRetriable(failure)) throw failure;

    // The handler sees the first attempt too, so that it alone decides on the waits and on giving up.
    let attempt = 0;
    let failedAt = Date.now();
    return await new RetryHandler({ ...this.#config, maxRetries: request.maxRetries }).execute(async () => {
      attempt++;
      if (attempt === 1) throw failure;
      try {
        const delay = Math.max(0, Date.now() - failedAt);
        return await this.#attempt(request, call, attempt, { error: failure, delay });
      } catch (error) {
        failure = error;
        failedAt = Date.now();
        throw error;
      }
    }, { isRetriable: (error) => this.#isRetriable(error), signal: call.signal });
  }

  /** One attempt, when it is its turn. */
  async #attempt(
    request: PreparedRequest,
    call: Call,
    attempt: number,
    retry?: { error: unknown; delay: number },
  ): Promise<JsonObject> {
    const turn = this.#limit.enter();
    if (turn) {
      call.cancelStage = turn.cancel;
      await turn.ready;
    }
    try {
      if (retry) {
        const { method, path } = request;
        notify(this.#config.hooks, "onRetry", { method, path, attempt, ...retry });
      }
      return await this.#transport.send(request, attempt, call);
    } finally {
      this.#limit.leave();
    }
  }

  /** A network failure or a timeout, and any answer whose status is worth a retry. */
  #isRetriable(error: unknown): boolean {
    if (error instanceof PrefactorNetworkError) return true;
    return (error instanceof PrefactorApiError || error instanceof PrefactorResponseContractError) &&
      this.#config.retryOnStatusCodes.has(error.statusCode ?? 0);
  }
}

function closedError(): PrefactorClientError {
  return new PrefactorClientError("Cannot send the request: the client is closed");
}
