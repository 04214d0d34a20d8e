/**
 * A client against its floor, in turns.
 *
 * @module
 */

import { Child } from "./child.ts";
import { type Estimate, estimate } from "./stats.ts";
import type { Slice, Task } from "./worker.ts";

const WORKER = new URL("./worker.ts", import.meta.url);
const SERVER = new URL("./server.ts", import.meta.url);

/** How long a turn is, in ms: short against the bursts of noise, which are to hit a client and its floor alike. */
export const TURN = 100;

/** How long a side runs before it is measured, in ms: V8 goes on optimising for some 20,000 calls. */
const WARM_UP = 2_500;

/** Starts a process that makes calls. */
export function startWorker(): Child {
  return new Child(WORKER);
}

/** Starts a server; it is asked for its URL. */
export function startServer(): Child {
  return new Child(SERVER);
}

/** The processes of a client and of its floor. */
export interface Workers {
  readonly client: Child;
  readonly floor: Child;
}

/** Measures a client against its floor: client, floor, floor, client, so that a drift hits both alike. */
export class Pair {
  readonly #throughput: number[] = [];
  readonly #cpu: number[] = [];
  readonly #costs: number[] = [];
  readonly #client: Task;
  readonly #floor: Task;

  constructor(client: Task, floor: Task) {
    this.#client = client;
    this.#floor = floor;
  }

  /** Lets both sides load, connect and compile before anything counts; the compiler takes its time. */
  async warmUp(workers: Workers, ms = WARM_UP): Promise<void> {
    await turn(workers.client, { ...this.#client, ms });
    await turn(workers.floor, { ...this.#floor, ms });
  }

  /** Takes one ratio, beside those that these processes or others gave before. */
  async measure(workers: Workers): Promise<void> {
    const first = await turn(workers.client, this.#client);
    const floor = sum(await turn(workers.floor, this.#floor), await turn(workers.floor, this.#floor));
    const client = sum(first, await turn(workers.client, this.#client));
    this.#throughput.push((client.calls / client.ms) / (floor.calls / floor.ms));
    this.#cpu.push((client.cpu / client.calls) / (floor.cpu / floor.calls));
    this.#costs.push(client.ms / client.calls * 1_000);
  }

  /** The client's calls a second, over the floor's. */
  get throughput(): Estimate {
    return estimate(this.#throughput);
  }

  /** The client's processor time a call, over the floor's. */
  get cpu(): Estimate {
    return estimate(this.#cpu);
  }

  /** The client's time per call, in µs: the time that passed over the calls that ended in it. */
  get cost(): Estimate {
    return estimate(this.#costs);
  }
}

async function turn(worker: Child, task: Task): Promise<Slice> {
  return await worker.ask<Slice>(task);
}

function sum(a: Slice, b: Slice): Slice {
  return { calls: a.calls + b.calls, ms: a.ms + b.ms, cpu: a.cpu + b.cpu };
}
