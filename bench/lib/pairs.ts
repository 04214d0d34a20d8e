/**
 * Paired measurements of a client and its baseline.
 *
 * @module
 */

import { Child } from "./child.ts";
import { type Estimate, estimate } from "./stats.ts";
import type { Measurement, Task } from "./worker.ts";

const WORKER = new URL("./worker.ts", import.meta.url);
const SERVER = new URL("./server.ts", import.meta.url);

/** The duration of a slice, in ms. Bursts of noise last longer, so a burst affects both sides of a pair. */
export const SLICE_MS = 100;

/** The duration of the warm-up of each side, in ms. V8 keeps optimising for about 30,000 calls. */
const WARM_UP = 4_000;

/** Starts a process that runs calls. */
export function startWorker(): Child {
  return new Child(WORKER);
}

/** Starts a server. It responds to any request of its parent with its URL. */
export function startServer(): Child {
  return new Child(SERVER);
}

/** The processes of a client and its baseline. */
export interface Workers {
  readonly client: Child;
  readonly baseline: Child;
}

/** Measures in the order client, baseline, baseline, client, so that a drift affects both equally. */
export class Pair {
  readonly #throughput: number[] = [];
  readonly #cpu: number[] = [];
  readonly #times: number[] = [];
  readonly #client: Task;
  readonly #baseline: Task;

  constructor(client: Task, baseline: Task) {
    this.#client = client;
    this.#baseline = baseline;
  }

  /** Runs both sides until they are loaded, connected and optimised. */
  async warmUp(workers: Workers, ms = WARM_UP): Promise<void> {
    await runSlice(workers.client, { ...this.#client, ms });
    await runSlice(workers.baseline, { ...this.#baseline, ms });
  }

  /** Measures one ratio and adds it to those of earlier measurements. */
  async measure(workers: Workers): Promise<void> {
    const first = await runSlice(workers.client, this.#client);
    const baseline = sum(
      await runSlice(workers.baseline, this.#baseline),
      await runSlice(workers.baseline, this.#baseline),
    );
    const client = sum(first, await runSlice(workers.client, this.#client));
    this.#throughput.push((client.calls / client.ms) / (baseline.calls / baseline.ms));
    this.#cpu.push((client.cpu / client.calls) / (baseline.cpu / baseline.calls));
    this.#times.push(client.ms / client.calls * 1_000);
  }

  /** Calls per second of the client, as a ratio to those of the baseline. */
  get throughput(): Estimate {
    return estimate(this.#throughput);
  }

  /** CPU time per call of the client, as a ratio to that of the baseline. */
  get cpu(): Estimate {
    return estimate(this.#cpu);
  }

  /** Elapsed time per call of the client, in µs. */
  get time(): Estimate {
    return estimate(this.#times);
  }
}

async function runSlice(worker: Child, task: Task): Promise<Measurement> {
  return await worker.request<Measurement>(task);
}

function sum(a: Measurement, b: Measurement): Measurement {
  return { calls: a.calls + b.calls, ms: a.ms + b.ms, cpu: a.cpu + b.cpu };
}
