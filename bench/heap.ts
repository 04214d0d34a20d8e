/**
 * The memory that 50,000 calls leave behind, one after the other, against raw `fetch`.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/heap.ts --quick
 * ```
 *
 * @module
 */

import { answer, Child } from "./lib/child.ts";
import { COMPARED, type ContenderName, CONTENDERS } from "./lib/contenders.ts";
import { startServer } from "./lib/pairs.ts";
import { type Options, type Report, runAlone } from "./lib/report.ts";
import { USUAL_BYTES } from "./lib/span.ts";
import { estimate } from "./lib/stats.ts";

/** How long to measure each figure, unless told otherwise; a memory takes about 5 s. */
export const SECONDS = 15;

const CALLS = 50_000;
const WARM_UP = 2_000;

interface Growth {
  /** All memory of the process, before anything is collected on purpose, in MiB. */
  readonly resident: number;
  /** The objects that are still in use after a collection, in MiB. */
  readonly live: number;
}

async function grow(
  { apiUrl, contender, calls }: { apiUrl: string; contender: ContenderName; calls: number },
): Promise<Growth> {
  const { gc } = globalThis as unknown as { gc: () => void };
  const call = await CONTENDERS[contender](apiUrl, USUAL_BYTES);
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

/** Measures every client in a new process, several times over where there is time. */
export async function measure({ seconds }: Options): Promise<Report> {
  const repeats = Math.max(1, Math.round(seconds / 5));
  const growths = COMPARED.map((): Growth[] => []);
  await using server = startServer();
  const apiUrl = await server.ask<string>("url");
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, contender] of COMPARED.entries()) {
      await using worker = new Child(import.meta.url, ["worker"], ["--v8-flags=--expose-gc"]);
      growths[index]!.push(await worker.ask<Growth>({ apiUrl, contender, calls: CALLS }));
    }
  }
  return {
    title: `Memory after ${CALLS.toLocaleString("en")} calls, one after the other`,
    notes: [
      `Growth since call ${
        WARM_UP.toLocaleString("en")
      }. RSS: all memory of the process, which V8 gives back when`,
      "it likes; live heap: what is in use after a collection. In brackets: the least and the most seen.",
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

if (Deno.args[0] === "worker") await answer(grow);
else if (import.meta.main) await runAlone(measure, SECONDS);
