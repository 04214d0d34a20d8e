/**
 * The client for the Prefactor API.
 *
 * @module
 */

import { ArgumentChecker } from "./arguments.ts";
import { BulkClient } from "./bulk/bulk_client.ts";
import { type HttpClientConfig, resolveConfig, type ResolvedConfig } from "./config.ts";
import { ControlMonitor } from "./control.ts";
import { Dispatcher } from "./dispatcher.ts";
import { AgentInstanceClient } from "./endpoints/agent_instances.ts";
import { AgentSpanClient } from "./endpoints/agent_spans.ts";
import { AgentClient } from "./endpoints/agents.ts";
import { AlertClient } from "./endpoints/alerts.ts";
import { isObserved, observeError, observeResponse } from "./endpoints/control.ts";
import { execute } from "./endpoints/operation.ts";
import { GENERATE_PFIDS, PING } from "./endpoints/platform.ts";
import { readEnvironment } from "./environment.ts";
import { isObject, isString } from "./guards.ts";
import type {
  ApiResponseInfo,
  ControlObservation,
  HttpRequester,
  HttpRequestOptions,
  RequestOptions,
} from "./http_requester.ts";
import { createIdempotencyKey } from "./idempotency.ts";
import type { IdempotentRequest, JsonObject } from "./models/common.ts";

/**
 * The client for the Prefactor API.
 *
 * It opens no connection before the first call, and an idle client does not keep the process alive. Close it, or declare
 * it with `await using`, to let pending calls finish.
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
  /** Creates, changes and reads agents. */
  readonly agents: AgentClient;
  /** Registers, starts, finishes and reads agent instances. */
  readonly agentInstances: AgentInstanceClient;
  /** Creates, finishes and reads spans. */
  readonly agentSpans: AgentSpanClient;
  /** Raises, clears and reads alerts. */
  readonly alerts: AlertClient;
  /** Executes many operations in one request. */
  readonly bulk: BulkClient;

  readonly #config: ResolvedConfig;
  readonly #dispatcher: Dispatcher;
  readonly #control: ControlMonitor;

  /**
   * Creates a client. It does not connect or send anything yet.
   *
   * @param config The URL of the API, the token, and any options.
   * @throws {PrefactorClientError} If a field is invalid; the message names it.
   */
  constructor(config: HttpClientConfig) {
    this.#config = resolveConfig(config);
    this.#dispatcher = new Dispatcher(this.#config);
    this.#control = new ControlMonitor(this.#config);
    this.agents = new AgentClient(this);
    this.agentInstances = new AgentInstanceClient(this);
    this.agentSpans = new AgentSpanClient(this);
    this.alerts = new AlertClient(this);
    this.bulk = new BulkClient(this);
  }

  /**
   * Creates a client from the environment variables `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN`. Works on Deno (with
   * `--allow-env`), Bun and Node.
   *
   * @param overrides Further options. If `apiUrl` or `apiToken` is set here, its variable is not read.
   * @returns The client.
   * @throws {PrefactorClientError} If a variable is missing or a field is invalid; the message names it.
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
    new ArgumentChecker("configure the client").check(
      "overrides",
      isObject(overrides),
      "an object",
      overrides,
    );
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
   * @param path The path below `apiUrl`, such as `/api/v1/ping`. It may include a query.
   * @param options The query, the body, the idempotency key, and the options of this call.
   * @returns The JSON object of the response, or `{}` for a 204, a 205 and an empty response to a DELETE.
   * @throws {PrefactorClientError} If an argument is invalid or the client is closed. Nothing was sent.
   * @throws {PrefactorApiError} If the API responds with an error that is not retried.
   * @throws {PrefactorResponseContractError} If the response is not a JSON object.
   * @throws {PrefactorRetryExhaustedError} If the call was retried and no retry is left.
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
    return (await this.send(method, path, options)).body;
  }

  /**
   * Sends a request like {@linkcode PrefactorHttpClient.request}, but resolves to the status, headers and other details
   * of the response as well.
   *
   * @param method `"GET"`, `"POST"`, `"PUT"`, `"PATCH"` or `"DELETE"`.
   * @param path The path below `apiUrl`, such as `/api/v1/ping`. It may include a query.
   * @param options The query, the body, the idempotency key, and the options of this call.
   * @returns The status, headers, request ID and JSON object of the response, the number of attempts and the duration.
   * @throws {PrefactorHttpError} The same errors as `request`.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
   * const { statusCode, attempts, body } = await client.send("GET", "/api/v1/ping");
   * console.log(statusCode, attempts, body); // 200 1 { status: "success" }
   * ```
   */
  send(method: string, path: string, options: HttpRequestOptions = {}): Promise<ApiResponseInfo> {
    const sent = this.#dispatcher.send(method, path, options);
    return isObserved(options) ? sent : this.#observe(sent);
  }

  async #observe(sent: Promise<ApiResponseInfo>): Promise<ApiResponseInfo> {
    try {
      const response = await sent;
      observeResponse(this, {}, response.body);
      return response;
    } catch (error) {
      observeError(this, {}, error);
      throw error;
    }
  }

  /**
   * Checks that the API can be reached and the token is valid.
   *
   * @param options Options of this call.
   * @throws {PrefactorAuthError} If the token is not valid.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
   * await client.ping();
   * ```
   */
  ping(options?: RequestOptions): Promise<void> {
    return execute({ requester: this, operation: PING, params: {}, options });
  }

  /**
   * Generates PFIDs on the platform. `createPfid` and `relatedPfid` create them without a request.
   *
   * @param count The number of PFIDs to generate.
   * @param params The account of the PFIDs, which defaults to the token's account, and the idempotency key.
   * @param options Options of this call.
   * @returns The PFIDs.
   * @throws {PrefactorHttpError} The same errors as {@linkcode PrefactorHttpClient.request}.
   */
  generatePfids(
    count: number,
    params: IdempotentRequest & { account_id?: string | null | undefined } = {},
    options?: RequestOptions,
  ): Promise<string[]> {
    return execute({
      requester: this,
      operation: GENERATE_PFIDS,
      params: { ...params, count },
      options,
    });
  }

  /**
   * Returns a signal that aborts as soon as any response to this client says that a person has terminated the agent
   * instance. If an earlier response said so, it is already aborted. Its reason is a `PrefactorTerminatedError`.
   *
   * @param agentInstanceId The ID of the instance.
   * @returns The signal. It is the same for the same ID until the instance is finished through this client or the client
   * is closed. The client remembers at most 10,000 instances.
   * @throws {PrefactorClientError} If the ID is not a string.
   *
   * @example
   * ```ts
   * import { PrefactorHttpClient, PrefactorTerminatedError } from "@prefactor/http";
   * import { PrefactorSandbox } from "@prefactor/http/testing";
   *
   * const sandbox = new PrefactorSandbox();
   * await using client = new PrefactorHttpClient(sandbox.config());
   * const { id } = await client.agentInstances.register({
   *   agent_id: "librarian",
   *   agent_version: { external_identifier: "1.4.0" },
   *   agent_schema_version: { span_schemas: { search: { type: "object" } } },
   * });
   * await client.agentInstances.start(id);
   * const signal = client.terminationSignal(id); // pass it to the work of the agent
   * sandbox.terminate(id, "Over budget");
   * await client.agentSpans.create({ agent_instance_id: id, schema_name: "search", status: "active" });
   * console.log(signal.aborted, signal.reason instanceof PrefactorTerminatedError); // true true
   * ```
   */
  terminationSignal(agentInstanceId: string): AbortSignal {
    new ArgumentChecker("get the termination signal")
      .check("agentInstanceId", isString(agentInstanceId), "a string", agentInstanceId);
    return this.#control.signal(agentInstanceId);
  }

  /**
   * Receives what a response says about an agent instance. Called by the endpoint classes.
   *
   * @param observation What the response says.
   */
  observeControl(observation: ControlObservation): void {
    this.#control.observe(observation);
  }

  /**
   * Creates an idempotency key, as the client does for a POST without one.
   *
   * @returns A random UUID, prefixed with `defaultIdempotencyKey` and a `-` if that option is set.
   */
  createIdempotencyKey(): string {
    return createIdempotencyKey(this.#config.defaultIdempotencyKey);
  }

  /**
   * Removes the token from a JSON value, so that it can be part of an error.
   *
   * @param value The JSON value.
   * @returns A copy without the token.
   */
  redact(value: unknown): unknown {
    return this.#config.redactor.redact(value);
  }

  /**
   * Rejects new calls and waits for pending ones. It is safe to call this more than once.
   *
   * @param options `timeout`: the time in ms after which calls that are still pending are aborted. They reject with a
   * `PrefactorClientError`. By default, only the calls' own timeouts and retries limit the wait.
   * @returns A promise that resolves when no call is pending.
   * @throws {PrefactorClientError} If `timeout` is not a number of ms >= 0.
   */
  async close(options: { timeout?: number | undefined } = {}): Promise<void> {
    const { timeout = Infinity } = options ?? {};
    const isTimeout = typeof timeout === "number" && timeout >= 0;
    new ArgumentChecker("close the client").check("timeout", isTimeout, "a number of ms >= 0", timeout);
    await this.#dispatcher.close(timeout);
    this.#control.clear();
  }

  /** Closes the client, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
