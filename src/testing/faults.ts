/**
 * What can go wrong between a client and the sandbox, on demand.
 *
 * @module
 */

import type { Fault, FaultKind } from "./fault.ts";
import type { SandboxRequest } from "./request_log.ts";

/** Which requests a fault strikes. */
export interface NextFaultOptions {
  /** How many requests it strikes; 1 unless given, `Infinity` for all. */
  times?: number;
  /** Whether it strikes this request; any unless given. */
  match?: (request: SandboxRequest) => boolean;
}

/** How faults strike at random. */
export interface RandomFaultOptions {
  /** The share of requests that a fault strikes, from 0 to 1. */
  rate: number;
  /** Where the random numbers start: the same seed and the same requests meet the same faults. */
  seed: number;
  /**
   * What strikes, each as often as the others: a fault, or the name of one. By its name `delay` takes 10 ms, and
   * `status` one of 429, 500, 502, 503, 504. All but `hang` unless given, since a hang costs a client its timeout.
   */
  kinds?: readonly (FaultKind | Fault)[];
}

/**
 * The faults of a sandbox.
 *
 * @example
 * ```ts
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * const sandbox = new PrefactorSandbox();
 * sandbox.faults.next({ kind: "status", status: 503, retryAfter: 1 });
 * sandbox.faults.next({ kind: "lose" }, { times: 2, match: ({ path }) => path.endsWith("/finish") });
 * sandbox.faults.random({ rate: 0.4, seed: 7, kinds: ["refuse", "cut", { kind: "delay", ms: 50 }] });
 * ```
 */
export interface SandboxFaults {
  /**
   * Lets the fault strike the next request, or the next that match. Faults wait in line: each request meets the first
   * that matches it, and random ones only where none does.
   *
   * @throws {RangeError} If `times`, `ms` or `status` is out of range.
   */
  next(fault: Fault, options?: NextFaultOptions): void;
  /**
   * Lets faults strike at random from now on, in place of those from an earlier call.
   *
   * @throws {RangeError} If `rate` is not from 0 to 1, or `kinds` is empty.
   */
  random(options: RandomFaultOptions): void;
  /** Ends all faults, those in line and those at random. */
  clear(): void;
}

const DEFAULT_KINDS: readonly FaultKind[] = [
  "refuse",
  "lose",
  "cut",
  "delay",
  "status",
  "garbage",
  "redirect",
];
const STATUSES = [429, 500, 502, 503, 504] as const;

/** Decides which fault strikes a request. */
export class FaultPlan implements SandboxFaults {
  #line: { fault: Fault; left: number; match: (request: SandboxRequest) => boolean }[] = [];
  #random: (() => Fault | undefined) | undefined;

  next(fault: Fault, options: NextFaultOptions = {}): void {
    const { times = 1, match = () => true } = options;
    if (!(times >= 1)) {
      throw new RangeError(`Cannot plan a fault: times must be at least 1: current value is ${times}`);
    }
    assertFault(fault);
    this.#line.push({ fault, left: times, match });
  }

  random({ rate, seed, kinds = DEFAULT_KINDS }: RandomFaultOptions): void {
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`Cannot plan faults: rate must be from 0 to 1: current value is ${rate}`);
    }
    if (kinds.length === 0) throw new RangeError("Cannot plan faults: kinds must name at least one");
    for (const kind of kinds) {
      if (typeof kind === "object") assertFault(kind);
    }
    const random = randomNumbers(seed);
    this.#random = () => random() < rate ? complete(pick(kinds, random), random) : undefined;
  }

  clear(): void {
    this.#line = [];
    this.#random = undefined;
  }

  /** The fault that strikes this request, where one does. */
  strike(request: SandboxRequest): Fault | undefined {
    const index = this.#line.findIndex(({ match }) => match(request));
    const planned = this.#line[index];
    if (planned === undefined) return this.#random?.();
    planned.left--;
    if (planned.left < 1) this.#line.splice(index, 1);
    return planned.fault;
  }
}

function assertFault(fault: Fault): void {
  if (fault.kind === "delay" && !(fault.ms >= 0)) {
    throw new RangeError(`Cannot plan a fault: ms must be at least 0: current value is ${fault.ms}`);
  }
  if (
    fault.kind === "status" && !(Number.isInteger(fault.status) && fault.status >= 200 && fault.status <= 599)
  ) {
    throw new RangeError(
      `Cannot plan a fault: status must be from 200 to 599: current value is ${fault.status}`,
    );
  }
}

function complete(kind: FaultKind | Fault, random: () => number): Fault {
  if (typeof kind === "object") return kind;
  if (kind === "delay") return { kind, ms: 10 };
  if (kind === "status") return { kind, status: pick(STATUSES, random) };
  return { kind };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Numbers from 0 to below 1: the seed is spread over 32 bits, which then run through shifts and xors. */
function randomNumbers(seed: number): () => number {
  let state = (Math.imul(Math.trunc(seed) ^ 0x5bd1e995, 0x9e3779b1) ^ 0x2545f491) | 0;
  if (state === 0) state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
