/**
 * Memory of a process over 100,000 calls, and its growth per 10,000 calls.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A --v8-flags=--expose-gc bench/memory.ts
 * deno run -A tools/with_std.ts run -A --v8-flags=--expose-gc bench/memory.ts --calls 1000000 --faults 0
 * ```
 *
 * - `--calls`: number of spans to create. Defaults to 100,000.
 * - `--faults`: fraction of requests that fail, from 0 to 1. Defaults to 0.05.
 *
 * The server runs in a separate process. One client makes all calls, 32 in flight, with one long-lived `AbortSignal`.
 * One call in a hundred has its own signal and is aborted. With `--expose-gc`, memory is measured after a full garbage
 * collection.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { PrefactorHttpClient } from "../mod.ts";
import { serveSandbox } from "../src/testing/server.ts";

const POINTS = 20;
/** The fraction of calls before growth is measured, because they fill caches and pools. */
const WARM_UP = 0.2;
const IN_FLIGHT = 32;
const ABORT_EVERY = 100;
const MIB = 2 ** 20;

interface Point {
  readonly calls: number;
  readonly rss: number;
  readonly heapUsed: number;
}

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    calls: { type: "string", default: "100000" },
    faults: { type: "string", default: "0.05" },
    serve: { type: "boolean", default: false },
  },
});

async function serve(): Promise<void> {
  const { url, token } = await serveSandbox({ faults: Number(options.faults) });
  console.log(JSON.stringify({ apiUrl: url, apiToken: token }));
}

async function measure(calls: number): Promise<void> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", import.meta.filename!, "--serve", "--faults", options.faults],
    stdin: "null",
    stdout: "piped",
    stderr: "null", // the server reports every connection that it drops on purpose
  }).spawn();
  const reader = server.stdout.getReader();
  const { apiUrl, apiToken } = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  // Imported here, so that the process of the server does not load the client.
  const { PrefactorHttpClient } = await import("../mod.ts");
  const client = new PrefactorHttpClient({
    apiUrl,
    apiToken,
    initialRetryDelay: 1,
    maxRetryDelay: 10,
    maxRetries: 20,
    maxConcurrency: IN_FLIGHT,
  });
  const instanceId = await register(client);
  const { signal } = new AbortController();

  const points: Point[] = [measureMemory(0)];
  console.log(`calls\tresident\theap\tcalls/s\tfailed`);
  for (let point = 1; point <= POINTS; point++) {
    const startedAt = performance.now();
    const count = Math.round(calls * point / POINTS) - points.at(-1)!.calls;
    const failed = await createSpans(client, instanceId, count, signal);
    const seconds = (performance.now() - startedAt) / 1_000;
    const measured = measureMemory(points.at(-1)!.calls + count);
    points.push(measured);
    const { rss, heapUsed } = measured;
    console.log(
      `${measured.calls}\t${formatMiB(rss)}\t${formatMiB(heapUsed)}\t${
        Math.round(count / seconds)
      }\t${failed}`,
    );
  }
  await client.close();
  server.kill();
  await server.status;

  const settled = points.filter((point) => point.calls >= calls * WARM_UP);
  console.log(`Growth per 10,000 calls after the first ${calls * WARM_UP}:`);
  console.log(
    `resident ${formatMiB(growth(settled, "rss"))}, heap ${formatMiB(growth(settled, "heapUsed"))}`,
  );
}

async function register(client: PrefactorHttpClient): Promise<string> {
  for (;;) {
    try {
      const { id } = await client.agentInstances.register({
        agent_id: "bench",
        agent_version: {},
        agent_schema_version: {},
      });
      return id;
    } catch {
      // The sandbox injected a fault that the client does not retry.
    }
  }
}

/** Creates spans. Resolves to the number of calls that failed because of an abort or a fault that is not retried. */
async function createSpans(
  client: PrefactorHttpClient,
  instanceId: string,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  let left = count;
  let failed = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (left-- > 0) {
      const aborting = left % ABORT_EVERY === 0 ? new AbortController() : undefined;
      const call = client.agentSpans.create({
        agent_instance_id: instanceId,
        schema_name: "agent:llm",
        status: "complete",
        payload: { prompt: "What is the capital of France?", model: "small", left },
      }, { signal: aborting?.signal ?? signal }).catch(() => void failed++);
      aborting?.abort();
      await call;
    }
  }));
  return failed;
}

/** Collects garbage, if `gc()` is exposed, and measures the memory. */
function measureMemory(calls: number): Point {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed } = Deno.memoryUsage();
  return { calls, rss, heapUsed };
}

/** Returns the slope of a linear regression through the points, per 10,000 calls. */
function growth(points: readonly Point[], field: "rss" | "heapUsed"): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map((point) => point.calls));
  const y = mean(points.map((point) => point[field]));
  const covariance = mean(points.map((point) => (point.calls - x) * (point[field] - y)));
  return 10_000 * covariance / mean(points.map((point) => (point.calls - x) ** 2));
}

function formatMiB(bytes: number): string {
  return `${(bytes / MIB).toFixed(2)} MiB`;
}

if (options.serve) await serve();
else await measure(Number(options.calls));
