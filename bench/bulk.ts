/**
 * Spans per second through `bulk.execute` and through single calls, with and without a delay in the server.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/bulk.ts --quick
 * ```
 *
 * @module
 */

import { PrefactorHttpClient } from "../mod.ts";
import { Child, handleRequests } from "./lib/child.ts";
import { type Column, type Options, type Report, runAlone } from "./lib/report.ts";
import { spanParams, TOKEN } from "./lib/span.ts";
import type { ServerState } from "./lib/span_server.ts";
import { type Estimate, estimate } from "./lib/stats.ts";

/** The default of `--seconds`. */
export const SECONDS = 2;

const SIZES = [1, 10, 100, 1_000];
const DELAYS = [0, 20];
const IN_FLIGHT = [1, 32];
/** The minimum time of a measurement, in ms. */
const SLICE_MS = 200;

interface Task {
  /** Items per request, or 0 for `agentSpans.create`. */
  readonly items: number;
  /** Delay of each request in the server, in ms. */
  readonly delay: number;
  readonly inFlight: number;
}

/** Runs the calls of a task. Resolves to the spans created per second. */
async function run({ apiUrl, items, delay, inFlight }: Task & { apiUrl: string }): Promise<number> {
  const client = clientFor(`${apiUrl}/delay-${delay}`);
  const span = spanParams();
  let created = 0;
  const create = async () => {
    if (items === 0) {
      await client.agentSpans.create(span);
      created++;
      return;
    }
    const { outputs } = await client.bulk.execute({
      items: Array.from({ length: items }, () => ({
        _type: "agent_spans/create",
        idempotency_key: crypto.randomUUID(),
        details: span,
      })),
    });
    created += Object.keys(outputs).length;
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, async () => {
    do await create(); while (performance.now() - start < SLICE_MS);
  }));
  return created / (performance.now() - start) * 1_000;
}

const clients = new Map<string, PrefactorHttpClient>();

function clientFor(apiUrl: string): PrefactorHttpClient {
  let client = clients.get(apiUrl);
  if (!client) clients.set(apiUrl, client = new PrefactorHttpClient({ apiUrl, apiToken: TOKEN }));
  return client;
}

/** Measures every number of items per request, in rotation. */
export async function measure({ seconds }: Options): Promise<Report> {
  await using server = new Child(new URL("./lib/span_server.ts", import.meta.url));
  await using worker = new Child(import.meta.url, ["worker"]);
  const { url: apiUrl } = await server.request<ServerState>("state");
  const settings = DELAYS.flatMap((delay) => IN_FLIGHT.map((inFlight) => ({ delay, inFlight })));
  const rates = [0, ...SIZES].map((items) =>
    settings.map((setting) => ({ task: { apiUrl, items, ...setting }, rates: [] as number[] }))
  );
  const all = rates.flat();
  for (const { task } of all) await worker.request(task);
  const end = performance.now() + seconds * 1_000 * all.length;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    for (const { task, rates } of all) rates.push(await worker.request<number>(task));
  }
  return {
    title: "Spans per second, single and bulk",
    notes: [
      "The server runs in a separate process and reads every request. The delay applies to each request.",
    ],
    columns: settings.map(({ delay, inFlight }): Column => ({
      name: `${delay} ms, ${inFlight} in flight`,
      unit: "per second",
    })),
    rows: rates.map((row, index) => ({
      name: index === 0
        ? "agentSpans.create"
        : `bulk.execute, ${SIZES[index - 1]!.toLocaleString("en")} per request`,
      figures: row.map(({ rates }): Estimate => estimate(rates)),
    })),
  };
}

if (Deno.args[0] === "worker") await handleRequests(run);
else if (import.meta.main) await runAlone(measure, SECONDS);
