/**
 * Injects faults into the requests to a sandbox.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { type Fault, FAULT_KINDS, type FaultKind } from "./fault.ts";
import type { SandboxRequest } from "./request_log.ts";

/** Options of {@linkcode SandboxFaults.next}. */
export interface NextFaultOptions {
  /** The number of requests with the fault, or `Infinity` for no limit. Defaults to 1. */
  times?: number;
  /** Returns whether a request gets the fault. By default, every request does. */
  match?: (request: SandboxRequest) => boolean;
}

/** Options of {@linkcode SandboxFaults.random}. */
export interface RandomFaultOptions {
  /** The fraction of requests with a fault, from 0 to 1. */
  rate: number;
  /** The seed of the random numbers. The same seed and the same requests result in the same faults. */
  seed: number;
  /**
   * The faults, or names of kinds of faults, which are all equally likely. The kind `delay` takes 10 ms; the kind
   * `status` is 429, 500, 502, 503 or 504. Defaults to every kind except `hang`, which makes clients time out.
   */
  kinds?: readonly (FaultKind | Fault)[];
}

/**
 * Plans the faults of a sandbox.
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
   * Plans a fault for the next request, or for the next requests that match. A request gets the first planned fault
   * that matches. It gets a random fault only if no planned fault matches.
   *
   * @throws {PrefactorClientError} If the fault or an option is invalid.
   */
  next(fault: Fault, options?: NextFaultOptions): void;
  /**
   * Starts random faults. They replace those of an earlier call.
   *
   * @throws {PrefactorClientError} If an option is invalid.
   */
  random(options: RandomFaultOptions): void;
  /** Removes all planned and random faults. */
  clear(): void;
}

interface PlannedFault {
  readonly fault: Fault;
  readonly match: (request: SandboxRequest) => boolean;
  timesLeft: number;
}

const STATUSES = [429, 500, 502, 503, 504] as const;

/** The planned and random faults. */
export interface FaultState {
  /** The planned faults with the number of requests that each is left for, or `null` for no limit. */
  readonly planned: readonly { readonly fault: Fault; readonly left: number | null }[];
  /** The fraction of requests with a random fault, and the kinds of these faults. */
  readonly random: { readonly rate: number; readonly kinds: readonly FaultKind[] } | null;
}

/** Chooses the fault of each request. */
export class FaultPlan implements SandboxFaults {
  #planned: PlannedFault[] = [];
  #random: FaultState["random"] = null;
  #nextRandom: (() => Fault | undefined) | undefined;

  /** The planned and random faults. */
  get state(): FaultState {
    const planned = this.#planned.map(({ fault, timesLeft }) => ({
      fault,
      left: timesLeft === Infinity ? null : timesLeft,
    }));
    return { planned, random: this.#random };
  }

  next(fault: Fault, options: NextFaultOptions = {}): void {
    const { times = 1, match = () => true } = options;
    const checker = new ArgumentChecker("plan the fault");
    checkFault(checker, fault);
    const isCount = times === Infinity || Number.isSafeInteger(times) && times >= 1;
    checker.check("times", isCount, "an integer >= 1, or Infinity", times);
    this.#planned.push({ fault, match, timesLeft: times });
  }

  random(options: RandomFaultOptions): void {
    const { rate, seed, kinds = FAULT_KINDS.filter((kind) => kind !== "hang") } = options;
    const checker = new ArgumentChecker("plan random faults");
    checker.check("rate", rate >= 0 && rate <= 1, "a number from 0 to 1", rate);
    checker.check("seed", Number.isFinite(seed), "a finite number", seed);
    checker.check("kinds", Array.isArray(kinds) && kinds.length > 0, "a non-empty array", kinds);
    for (const kind of kinds) checkFault(checker, createFault(kind, () => 0));
    const random = createRandom(seed);
    const names = kinds.map((kind) => typeof kind === "object" ? kind.kind : kind);
    this.#random = rate === 0 ? null : { rate, kinds: names };
    this.#nextRandom = () => random() < rate ? createFault(pick(kinds, random), random) : undefined;
  }

  clear(): void {
    this.#planned = [];
    this.#random = null;
    this.#nextRandom = undefined;
  }

  /** Returns the fault for a request, if any. */
  take(request: SandboxRequest): Fault | undefined {
    const index = this.#planned.findIndex(({ match }) => match(request));
    const planned = this.#planned[index];
    if (planned === undefined) return this.#nextRandom?.();
    planned.timesLeft--;
    if (planned.timesLeft < 1) this.#planned.splice(index, 1);
    return planned.fault;
  }
}

function checkFault(checker: ArgumentChecker, fault: Fault): void {
  checker.check("kind", FAULT_KINDS.includes(fault.kind), `one of ${FAULT_KINDS.join(", ")}`, fault.kind);
  if (fault.kind === "delay") {
    checker.check("ms", fault.ms >= 0 && fault.ms < Infinity, "a finite number >= 0", fault.ms);
  } else if (fault.kind === "status") {
    const isStatus = Number.isInteger(fault.status) && fault.status >= 200 && fault.status <= 599;
    checker.check("status", isStatus, "an integer from 200 to 599", fault.status);
    const { retryAfter = 0 } = fault;
    checker.check("retryAfter", retryAfter >= 0 && retryAfter < Infinity, "a finite number >= 0", retryAfter);
  }
}

function createFault(kind: FaultKind | Fault, random: () => number): Fault {
  if (typeof kind === "object") return kind;
  if (kind === "delay") return { kind, ms: 10 };
  if (kind === "status") return { kind, status: pick(STATUSES, random) };
  return { kind };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Creates a source of numbers from 0 to less than 1: a xorshift generator whose seed is spread over 32 bits. */
function createRandom(seed: number): () => number {
  let state = (Math.imul(Math.trunc(seed) ^ 0x5bd1e995, 0x9e3779b1) ^ 0x2545f491) | 0;
  if (state === 0) state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
