/**
 * Runs all programs of the comparison, prints their reports and writes `bench/results.json`.
 *
 * ```sh
 * deno task bench --quick
 * ```
 *
 * @module
 */

import * as bulk from "./bulk.ts";
import * as guards from "./guards.ts";
import * as heap from "./heap.ts";
import * as http from "./http.ts";
import * as importTime from "./import_time.ts";
import { type Options, render, type Report, type Row, secondsFrom } from "./lib/report.ts";
import * as recording from "./recording.ts";
import * as scale from "./scale.ts";
import * as size from "./size.ts";

interface Program {
  readonly SECONDS: number;
  measure(options: Options): Promise<Report>;
}

async function run(name: string, { measure, SECONDS }: Program): Promise<Report> {
  console.error(`Measuring ${name} …`);
  return await measure({ seconds: secondsFrom(Deno.args, SECONDS) });
}

async function runRecording(): Promise<Report[]> {
  console.error("Measuring recording …");
  return await recording.measureRecording({ seconds: secondsFrom(Deno.args, recording.SECONDS) });
}

/** Combines the reports into one table: intervals for the ratios, medians for everything else. */
function compare(http: Report, heap: Report, size: Report, importTime: Report): Report {
  const others: [Report, number[]][] = [[heap, [0, 1]], [size, [1]], [importTime, [0]]];
  return {
    title: "Comparison",
    notes: [
      "Ratios to raw fetch, with the 95 % interval: throughput (higher is better) and CPU time per call (lower is",
      "better). The first row compares raw fetch with itself: its distance from 1.00 is noise. RSS and live heap:",
      "growth over 50,000 calls. Bundle: minified and gzipped. Import: bundled, above that of an empty file.",
    ],
    columns: [
      ...http.columns,
      { name: "RSS", unit: "MiB" },
      { name: "live heap", unit: "MiB" },
      { name: "bundle", unit: "KB" },
      { name: "import", unit: "ms" },
    ],
    rows: http.rows.map(({ name, figures }) => ({
      name,
      figures: [
        ...figures,
        ...others.flatMap(([{ rows }, columns]) => {
          const row = rows.find((row) => row.name === name);
          return columns.map((column) => medianOf(row?.figures[column]));
        }),
      ],
    })),
  };
}

function medianOf(figure: Row["figures"][number] | undefined): number | null {
  return typeof figure === "object" ? figure?.median ?? null : figure ?? null;
}

const throughput = await run("throughput", http);
const memory = await run("memory", heap);
const start = await run("import time", importTime);
const bundles = await size.measure();
const details = [
  bundles,
  start,
  await run("guards", guards),
  await run("bulk", bulk),
  ...await runRecording(),
  await run("concurrency", { SECONDS: scale.SECONDS, measure: scale.measureConcurrency }),
  await run("payload sizes", { SECONDS: scale.SECONDS, measure: scale.measurePayloads }),
];
const comparison = compare(throughput, memory, bundles, start);
console.log(`\n${[comparison, ...details].map(render).join("\n")}`);

const file = new URL("./results.json", import.meta.url);
const { deno, v8 } = Deno.version;
const { os, arch } = Deno.build;
const about = { date: new Date().toISOString(), deno, v8, os, arch, cores: navigator.hardwareConcurrency };
await Deno.writeTextFile(
  file,
  `${JSON.stringify({ about, reports: [throughput, memory, ...details] }, null, 2)}\n`,
);
console.log(`All figures are written to ${file.pathname}`);
