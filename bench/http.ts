/**
 * Throughput and CPU time of each client, as a ratio to raw `fetch`.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/http.ts --quick
 * ```
 *
 * @module
 */

import { BASELINE, type ClientName, COMPARED, OURS } from "./lib/clients.ts";
import { Pair, SLICE_MS, startServer, startWorker } from "./lib/pairs.ts";
import { type Options, type Report, type Row, runAlone } from "./lib/report.ts";

/** The default of `--seconds`. */
export const SECONDS = 10;

const IN_FLIGHT = [1, 32];
const CORE = "@prefactor/core";

/** Number of process pairs for each client, since two processes of the same program differ by a few percent. */
const PROCESSES = 5;

/** Measures one client after the other, each in pairs with the baseline, which is also measured against itself. */
export async function measure({ seconds }: Options): Promise<Report> {
  await using server = startServer();
  const apiUrl = await server.request<string>("url");
  const rows: Row[] = [];
  for (const name of COMPARED) rows.push({ name, figures: await compare(apiUrl, name, BASELINE, seconds) });
  rows.push({ name: `${OURS} to ${CORE}`, figures: await compare(apiUrl, OURS, CORE, seconds) });

  return {
    title: "Creating spans of 1.4 KB over loopback, as a ratio to raw fetch",
    notes: [
      "Throughput: higher is better. CPU: CPU time per call, lower is better. In brackets: the 95 % interval.",
      "The first row compares raw fetch with itself: its distance from 1.00 is noise.",
    ],
    columns: [
      { name: "1 in flight", unit: "ratio" },
      { name: "32 in flight", unit: "ratio" },
      { name: "CPU, 1", unit: "ratio" },
      { name: "CPU, 32", unit: "ratio" },
    ],
    rows,
  };
}

/** Measures the throughput and CPU time of a client as ratios to those of the baseline. */
async function compare(
  apiUrl: string,
  client: ClientName,
  baseline: ClientName,
  seconds: number,
): Promise<Row["figures"]> {
  const rounds = Math.max(2, Math.round(seconds * 1_000 / (4 * SLICE_MS) / PROCESSES));
  const pairs = IN_FLIGHT.map((inFlight) => {
    const task = { apiUrl, inFlight, ms: SLICE_MS };
    return new Pair({ ...task, client }, { ...task, client: baseline });
  });
  for (let process = 0; process < PROCESSES; process++) {
    await using clientWorker = startWorker();
    await using baselineWorker = startWorker();
    const workers = { client: clientWorker, baseline: baselineWorker };
    await pairs.at(-1)!.warmUp(workers);
    for (let round = 0; round < rounds; round++) {
      for (const pair of pairs) await pair.measure(workers);
    }
  }
  return [...pairs.map(({ throughput }) => throughput), ...pairs.map(({ cpu }) => cpu)];
}

if (import.meta.main) await runAlone(measure, SECONDS);
