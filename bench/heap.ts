/**
 * Memory growth over 50,000 sequential calls of each client.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/heap.ts --quick
 * ```
 *
 * @module
 */

import { Child, handleRequests } from "./lib/child.ts";
import { type ClientName, CLIENTS, COMPARED } from "./lib/clients.ts";
import { startServer } from "./lib/pairs.ts";
import { type Options, type Report, runAlone } from "./lib/report.ts";
import { DEFAULT_BYTES } from "./lib/span.ts";
import { estimate } from "./lib/stats.ts";

/** The default of `--seconds`. One measurement takes about 5 s. */
export const SECONDS = 15;

const CALLS = 50_000;
const WARM_UP = 2_000;

interface Growth {
  /** Growth of the resident set size before a forced garbage collection, in MiB. */
  readonly resident: number;
  /** Growth of the live heap after a forced garbage collection, in MiB. */
  readonly live: number;
}

async function measureGrowth(
  { apiUrl, client, calls }: { apiUrl: string; client: ClientName; calls: number },
): Promise<Growth> {
  const { gc } = globalThis as unknown as { gc: () => void };
  const call = await CLIENTS[client](apiUrl, DEFAULT_BYTES);
  const repeat = async (times: number) => {
    for (let done = 0; done < times; done++) await call();
  };
  await repeat(WARM_UP);
  const { rss: rssBefore } = Deno.memoryUsage();
  gc();
  const { heapUsed: heapBefore } = Deno.memoryUsage();
  await repeat(calls);
  const { rss } = Deno.memoryUsage();
  gc();
  const { heapUsed } = Deno.memoryUsage();
  return { resident: (rss - rssBefore) / 2 ** 20, live: (heapUsed - heapBefore) / 2 ** 20 };
}

/** Measures each client in a new process, once for every 5 s of the given time, and at least once. */
export async function measure({ seconds }: Options): Promise<Report> {
  const repeats = Math.max(1, Math.round(seconds / 5));
  const growths = COMPARED.map((): Growth[] => []);
  await using server = startServer();
  const apiUrl = await server.request<string>("url");
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, client] of COMPARED.entries()) {
      await using worker = new Child(import.meta.url, ["worker"], ["--v8-flags=--expose-gc"]);
      growths[index]!.push(await worker.request<Growth>({ apiUrl, client, calls: CALLS }));
    }
  }
  return {
    title: `Memory growth over ${CALLS.toLocaleString("en")} sequential calls`,
    notes: [
      `Growth after ${
        WARM_UP.toLocaleString("en")
      } calls of warm-up. RSS: all memory of the process. Live heap: objects`,
      "in use after a garbage collection. In brackets: minimum and maximum.",
    ],
    columns: [{ name: "RSS", unit: "MiB" }, { name: "live heap", unit: "MiB" }],
    rows: COMPARED.map((name, index) => ({
      name,
      figures: [
        estimate(growths[index]!.map(({ resident }) => resident)),
        estimate(growths[index]!.map(({ live }) => live)),
      ],
    })),
  };
}

if (Deno.args[0] === "worker") await handleRequests(measureGrowth);
else if (import.meta.main) await runAlone(measure, SECONDS);
