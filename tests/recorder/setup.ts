/**
 * Runs that are recorded in a sandbox.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import { type BulkItem, type HttpClientConfig, PrefactorHttpClient } from "../../mod.ts";
import {
  type RecorderOptions,
  type RecordingProblem,
  type RecordingReport,
  RunRecorder,
} from "../../src/recorder/mod.ts";
import { turn } from "../helpers.ts";
import { PrefactorSandbox, type SandboxRequest, type SandboxSpan } from "../../src/testing/mod.ts";

/** The agent of the runs. */
export const AGENT = {
  agent_id: "librarian",
  agent_version: { external_identifier: "1.4.0" },
  agent_schema_version: { span_schemas: { step: { type: "object" } } },
};

/** A run with its sandbox and its problems. */
export class RecordedRun {
  readonly sandbox: PrefactorSandbox;
  readonly client: PrefactorHttpClient;
  readonly run: RunRecorder;
  readonly problems: RecordingProblem[] = [];

  constructor(
    options: RecorderOptions = {},
    { sandbox = new PrefactorSandbox(), ...config }: Partial<HttpClientConfig> & {
      sandbox?: PrefactorSandbox;
    } = {},
  ) {
    this.sandbox = sandbox;
    this.client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0, ...config }));
    const onProblem = (problem: RecordingProblem) => this.problems.push(problem);
    this.run = new RunRecorder(this.client, AGENT, { onProblem, ...options });
  }

  /** The spans in the sandbox, in the order of their arrival. */
  get spans(): SandboxSpan[] {
    return [...this.sandbox.spans.values()];
  }

  /** The payloads of the spans in the sandbox. */
  get payloads(): unknown[] {
    return this.spans.map(({ payload }) => payload);
  }

  /** The bulk requests that the sandbox received. */
  get bulkRequests(): SandboxRequest[] {
    return this.sandbox.requests.filter(({ path }) => path === "/api/v1/bulk");
  }

  /** The items of each bulk request. */
  get items(): BulkItem[][] {
    return this.bulkRequests.map(({ body }) => (body as { items: BulkItem[] }).items);
  }

  /** The path of each request, without the common prefix. */
  get paths(): string[] {
    return this.sandbox.requests.map(({ path }) =>
      path.replace("/api/v1/", "").replace(/agent_instance\/[^/]{32}/, "run")
    );
  }

  /** The kind and the count of each problem. */
  get problemKinds(): string[] {
    return this.problems.map(({ kind, count }) => count === 1 ? kind : `${kind} × ${count}`);
  }
}

/** A report with these counts, and 0 for the others. */
export function report(counts: Partial<RecordingReport>): RecordingReport {
  return { recorded: 0, failed: 0, dropped: 0, pending: 0, ...counts };
}

/** Moves fake time forward in steps, in ms, and lets requests complete after each step. */
export async function pass(time: FakeTime, ms: number, step = 100): Promise<void> {
  await settled();
  for (let passed = 0; passed < ms; passed += step) {
    await time.tickAsync(Math.min(step, ms - passed));
    await settled();
  }
}

/** Waits until the requests in flight to a sandbox have completed. */
export async function settled(): Promise<void> {
  for (let count = 0; count < 12; count++) await turn();
}

/** Describes each item by its operation, the page in its payload, and its status. */
export function describeItems(items: readonly BulkItem[]): string[] {
  return items.map(({ _type, details, status }) => {
    const { payload, status: created } = (details ?? {}) as { payload?: { page?: number }; status?: string };
    return `${_type.split("/")[1]} ${payload?.page ?? ""} ${created ?? status}`.replace("  ", " ");
  });
}

/** Creates a run and waits until it has started. */
export async function startRun(...args: ConstructorParameters<typeof RecordedRun>): Promise<RecordedRun> {
  const recorded = new RecordedRun(...args);
  await settled();
  assertEquals(recorded.paths, ["agent_instance/register", "run/start"]);
  return recorded;
}

/** Creates a sandbox and a client without retries. */
export function makeSandbox(): { sandbox: PrefactorSandbox; client: PrefactorHttpClient } {
  const sandbox = new PrefactorSandbox();
  return { sandbox, client: new PrefactorHttpClient(sandbox.config({ maxRetries: 0 })) };
}

/** Returns whether the request is a bulk request. */
export function isBulk({ path }: SandboxRequest): boolean {
  return path === "/api/v1/bulk";
}
