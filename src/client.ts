/**
 * The client: puts the parts together and owns closing.
 *
 * @module
 */

import { PendingCall } from "./pending_call.ts";
import type { HttpClientConfig, ResolvedConfig } from "./config.ts";
import { resolveConfig } from "./config.ts";
import { AgentInstanceClient } from "./endpoints/agent_instances.ts";
import { AgentSpanClient } from "./endpoints/agent_spans.ts";
import { BulkClient } from "./bulk/bulk_client.ts";
import { Timeouts } from "./transport/timeouts.ts";
import { readEnvironment } from "./environment.ts";
import {
  PrefactorApiError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
} from "./errors/errors.ts";
import { formatValue, isObject } from "./guards.ts";
import type { HttpRequester, HttpRequestOptions } from "./http_requester.ts";
import { createIdempotencyKey } from "./idempotency.ts";
import type { JsonObject } from "./models/common.ts";
import { Redactor } from "./redaction.ts";
import { type PreparedRequest, prepareRequest } from "./transport/request.ts";
import { RetryHandler } from "./retry/retry_handler.ts";
import { DenseSet } from "./dense_set.ts";
import { Transport } from "./transport/transport.ts";

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
  readonly #inFlight = new DenseSet<PendingCall>();
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
    this.agentInstances = new AgentInstanceClient(this);
    this.agentSpans = new AgentSpanClient(this);
    this.bulk = new BulkClient(this);
  }

  /**
   * Makes a client from the environment variables `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN`, on Deno
   * (which asks for `--allow-env`), Bun and Node.
   *
   * @param overrides What is to differ from the defaults; a variable is not read where its field is here.
   * @returns The client.
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
    if (!isObject(overrides)) {
      throw new PrefactorClientError(
        `Cannot configure the client: 'overrides' must be an object, but is ${formatValue(overrides)}`,
      );
    }
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
    const request = prepareRequest(this.#config, this.#redactor, method, path, options);
    if (this.#closed) throw closedError();
    const { signal } = options;
    if (signal?.aborted) throw signal.reason;
    const call = new PendingCall(signal);
    const entry = this.#inFlight.add(call);
    try {
      return await this.#transport.send(request, { attempt: 1 }, call);
    } catch (error) {
      if (call.aborted) throw call.reason;
      if (request.maxRetries === 0 || !this.#isRetriable(error)) throw error;
      return await this.#retry(request, call, error);
    } finally {
      this.#inFlight.delete(entry);
      if (this.#inFlight.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
      call.dispose();
    }
  }

  /**
   * Makes an idempotency key as the client does for a call that has none.
   *
   * @returns A random UUID, behind `defaultIdempotencyKey` and a `-` where that is set.
   */
  createIdempotencyKey(): string {
    return createIdempotencyKey(this.#config.defaultIdempotencyKey);
  }

  /**
   * Takes the token out of a JSON value before it goes into an error.
   *
   * @param value The JSON value.
   * @returns A copy without the token.
   */
  redact(value: unknown): unknown {
    return this.#redactor.json(value);
  }

  /**
   * Refuses new calls and waits for those in flight.
   *
   * @param options `timeout`: how long to wait, in ms, before what is still in flight is aborted; those calls
   * reject with the error that new calls get. Without it, they have all the time that their own timeouts and
   * retries give them.
   * @returns A promise that resolves when nothing is in flight any more. Closing twice is fine.
   * @throws {PrefactorClientError} Where `timeout` is no number of ms from 0.
   */
  async close(options: { timeout?: number | undefined } = {}): Promise<void> {
    const { timeout = Infinity } = options ?? {};
    if (!(typeof timeout === "number" && timeout >= 0)) {
      throw new PrefactorClientError(
        `Cannot close: 'timeout' must be a number of ms >= 0, but is ${formatValue(timeout)}`,
      );
    }
    this.#closed = true;
    if (this.#inFlight.size > 0) {
      const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
      const timeouts = new Timeouts();
      const expire = () => {
        for (const { value: call } of this.#inFlight.entries()) call.abort(closedError());
      };
      const abortAll = timeouts.add({ due: 0, expire }, timeout);
      await idle;
      timeouts.delete(abortAll);
      timeouts.close();
    }
    this.#transport.close();
  }

  /** Closes the client, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Tries again what has failed once, as long as that is worth it. */
  async #retry(request: PreparedRequest, call: PendingCall, firstFailure: unknown): Promise<JsonObject> {
    let error = firstFailure;
    let failedAt = Date.now();
    let attempt = 0;
    // The handler sees the first attempt too, so that it alone decides on the waits and on giving up.
    return await new RetryHandler({ ...this.#config, maxRetries: request.maxRetries }).execute(async () => {
      attempt++;
      if (attempt === 1) throw error;
      const retry = { error, delay: Math.max(0, Date.now() - failedAt) };
      try {
        return await this.#transport.send(request, { attempt, retry }, call);
      } catch (failure) {
        error = failure;
        failedAt = Date.now();
        throw failure;
      }
    }, { isRetriable: (error) => this.#isRetriable(error), signal: call.signal });
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
