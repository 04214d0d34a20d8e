/**
 * A process that runs calls on request.
 *
 * @module
 */

import process from "node:process";
import { handleRequests } from "./child.ts";
import { type Call, type ClientName, CLIENTS } from "./clients.ts";
import { DEFAULT_BYTES } from "./span.ts";

/** The calls that a worker runs. */
export interface Task {
  readonly apiUrl: string;
  readonly client: ClientName;
  /** Number of concurrent calls. */
  readonly inFlight: number;
  /** How long to start new calls, in ms. */
  readonly ms: number;
  /** Size of the request body. */
  readonly bytes?: number;
}

/** The result of a task, taken when all its calls have ended. */
export interface Measurement {
  /** Number of calls that succeeded. */
  readonly calls: number;
  /** Elapsed time, in ms. */
  readonly ms: number;
  /** CPU time of all threads, in ms. */
  readonly cpu: number;
}

/** How many calls of a task may fail. The system occasionally resets a connection. */
const MAX_FAILURES = 2;

const calls = new Map<string, Call>();

async function callFor({ apiUrl, client, bytes = DEFAULT_BYTES }: Task): Promise<Call> {
  const base = bytes === DEFAULT_BYTES ? apiUrl : `${apiUrl}/${bytes}`;
  const key = `${client} ${base}`;
  let call = calls.get(key);
  if (!call) calls.set(key, call = await CLIENTS[client](base, bytes));
  return call;
}

async function run(task: Task): Promise<Measurement> {
  const call = await callFor(task);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + task.ms;
  let calls = 0;
  let failures = 0;
  await Promise.all(Array.from({ length: task.inFlight }, async () => {
    do {
      try {
        await call();
        calls++;
      } catch (error) {
        if (++failures > MAX_FAILURES) throw error;
      }
    } while (performance.now() < end);
  }));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { calls, ms, cpu: (user + system) / 1_000 };
}

if (import.meta.main) await handleRequests(run);
