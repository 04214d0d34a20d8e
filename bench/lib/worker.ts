/**
 * A process that makes calls when it is told to.
 *
 * @module
 */

import process from "node:process";
import { answer } from "./child.ts";
import { type Call, type ContenderName, CONTENDERS } from "./contenders.ts";
import { USUAL_BYTES } from "./span.ts";

/** What to do: calls of this contender, so many in flight, for so long. */
export interface Task {
  readonly apiUrl: string;
  readonly contender: ContenderName;
  readonly inFlight: number;
  readonly ms: number;
  readonly bytes?: number;
}

/** What came of it; every call that was started has ended. */
export interface Slice {
  readonly calls: number;
  /** The time on the clock, in ms. */
  readonly ms: number;
  /** The time on the processors, of all threads, in ms. */
  readonly cpu: number;
}

/** How many calls of a slice may fail: the system resets a connection once in a long while. */
const FAILURES = 2;

const calls = new Map<string, Call>();

async function callFor({ apiUrl, contender, bytes = USUAL_BYTES }: Task): Promise<Call> {
  const base = bytes === USUAL_BYTES ? apiUrl : `${apiUrl}/${bytes}`;
  const key = `${contender} ${base}`;
  let call = calls.get(key);
  if (!call) calls.set(key, call = await CONTENDERS[contender](base, bytes));
  return call;
}

async function work(task: Task): Promise<Slice> {
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
        if (++failures > FAILURES) throw error;
      }
    } while (performance.now() < end);
  }));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { calls, ms, cpu: (user + system) / 1_000 };
}

if (import.meta.main) await answer(work);
