/**
 * The requests that record a run.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { errorFromOutput } from "../bulk/output_error.ts";
import { BULK_PATH, BulkSender, isTooLarge, type Refusal, refusalOf } from "../bulk/sender.ts";
import type { PrefactorHttpClient } from "../client.ts";
import { isTransientHttpError } from "../errors/classification.ts";
import { PrefactorApiError, PrefactorResponseContractError } from "../errors/errors.ts";
import type {
  AgentInstance,
  FinishInstanceRequest,
  RegisterInstanceRequest,
} from "../models/agent_instance.ts";
import { isControl } from "../models/control.ts";
import { isPfid, parsePfid } from "../pfid.ts";
import type { ResolvedRecorderOptions } from "./options.ts";
import type { ProblemReporter } from "./problems.ts";
import type { SettledItem, SpanQueue } from "./queue.ts";
import type { RegisteredRun } from "./span.ts";

/** Makes the requests of a run. A request that failed can be made again, and then carries the same keys. */
export class RunRequests {
  readonly #client: PrefactorHttpClient;
  readonly #sender: BulkSender;
  readonly #startParams: { readonly timestamp: Date; readonly idempotency_key: string };

  /** Creates the requests of a run that starts now. */
  constructor(client: PrefactorHttpClient, options: ResolvedRecorderOptions) {
    this.#client = client;
    this.#sender = new BulkSender(client, options, new ArgumentChecker("record the run"));
    this.#startParams = { timestamp: new Date(), idempotency_key: client.createIdempotencyKey() };
  }

  /** Registers the instance. */
  async register(params: RegisterInstanceRequest, signal: AbortSignal): Promise<RegisteredRun> {
    const instance = await this.#client.agentInstances.register(params, { signal });
    const pfid = [instance.id, instance.account_id].find(isPfid);
    const partition = pfid === undefined ? randomPartition() : parsePfid(pfid).partition;
    return { instance, partition, createKey: () => this.#client.createIdempotencyKey() };
  }

  /** Starts the instance, unless it has already started. */
  async start({ instance }: RegisteredRun, signal: AbortSignal): Promise<AgentInstance> {
    try {
      return await this.#client.agentInstances.start(instance.id, this.#startParams, { signal });
    } catch (error) {
      if (refusalOf(error)?.statusCode === 409) return instance;
      throw error;
    }
  }

  /** Sends the items at the front of the queue, and settles those that have an output. */
  async sendSpans(
    queue: SpanQueue,
    run: RegisteredRun,
    problems: ProblemReporter,
    signal: AbortSignal,
  ): Promise<void> {
    const taken = queue.take(this.#sender.room(), run);
    const { done, left, response } = await this.#sender.send(taken, { signal }, isAboutItems);
    const settled: SettledItem[] = [];
    for (const { item, output, refusal } of done) {
      const { control } = refusal instanceof PrefactorApiError ? refusal : output;
      if (isControl(control)) this.#client.observeControl({ agentInstanceId: run.instance.id, control });
      const request = { method: "POST", path: BULK_PATH, idempotencyKey: item.key };
      const facts = { requester: this.#client, request, requestId: response?.requestId };
      const error = output.status === "error" ? refusal ?? errorFromOutput(output, facts) : undefined;
      settled.push({ item, error });
      const { schemaName } = item.span;
      if (error) problems.report({ kind: "not_recorded", error, schemaName, count: 1 });
    }
    queue.settle(settled, left, run);
  }

  /** Finishes the instance, unless it has already ended. */
  async finish(
    { instance }: RegisteredRun,
    params: FinishInstanceRequest,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#client.agentInstances.finish(instance.id, params, { signal });
    } catch (error) {
      if (refusalOf(error)?.statusCode !== 409) throw error;
    }
  }
}

function randomPartition(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! >>> 2;
}

/** Returns whether the same request may succeed later. An invalid response also counts, because it may be accidental. */
export function isTransient(error: unknown): boolean {
  return isTransientHttpError(error) || refusalOf(error) instanceof PrefactorResponseContractError;
}

/** Returns the delay that the server asked for, in ms, or 0. */
export function retryAfterOf(error: unknown): number {
  return refusalOf(error)?.retryAfter ?? 0;
}

/** Returns whether the API may have rejected the request because of a single item, so that a smaller one may succeed. */
function isAboutItems(refusal: Refusal): boolean {
  if (isTooLarge(refusal)) return true;
  const isAboutToken = refusal.statusCode === 401 || refusal.statusCode === 403;
  return refusal instanceof PrefactorApiError && !isTransient(refusal) && !isAboutToken;
}
