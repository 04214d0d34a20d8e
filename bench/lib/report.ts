/**
 * What a program of the benchmark takes and gives.
 *
 * @module
 */

import type { Estimate } from "./stats.ts";

/** How long a program may take. */
export interface Options {
  /** How long to measure each figure, in seconds; the longer, the narrower the intervals. */
  readonly seconds: number;
}

/** A table, as it is printed and as it is written to `results.json`. */
export interface Report {
  readonly title: string;
  /** What to know when reading it. */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The unit says how a number is shown. */
export interface Column {
  readonly name: string;
  readonly unit: "ratio" | "ns" | "µs" | "ms" | "KB" | "MiB" | "a second";
}

/** A figure for each column, `null` where there is none. */
export interface Row {
  readonly name: string;
  readonly figures: readonly (Estimate | number | null)[];
}

const DIGITS = { ratio: 2, ns: 0, "µs": 1, ms: 1, KB: 1, MiB: 1, "a second": 0 };

/** The report as text. */
export function render({ title, notes, columns, rows }: Report): string {
  const header = ["", ...columns.map(({ name, unit }) => unit === "ratio" ? name : `${name}, ${unit}`)];
  const lines = rows.map(({ name, figures }) => [
    name,
    ...figures.map((figure, index) => show(figure, columns[index]!.unit)),
  ]);
  const widths = header.map((_, index) =>
    Math.max(...[header, ...lines].map((cells) => cells[index]!.length))
  );
  const table = [header, ...lines].map((cells) =>
    cells.map((cell, index) => index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)).join(
      "   ",
    )
      .trimEnd()
  );
  return [title, "", ...table, "", ...notes, ""].join("\n");
}

function show(figure: Estimate | number | null, unit: Column["unit"]): string {
  if (figure === null) return "–";
  if (typeof figure === "number") return number(figure, unit);
  const { median, low, high } = figure;
  return `${number(median, unit)} (${number(low, unit)}–${number(high, unit)})`;
}

function number(value: number, unit: Column["unit"]): string {
  const digits = unit === "ns" && Math.abs(value) < 100 ? 1 : DIGITS[unit];
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Runs a program on its own: `--seconds <number>` or `--quick`. */
export async function runAlone(measure: (options: Options) => Promise<Report>, seconds: number) {
  console.log(render(await measure({ seconds: secondsFrom(Deno.args, seconds) })));
}

/** What the arguments say of the time, `usual` where they say nothing. */
export function secondsFrom(args: readonly string[], usual: number): number {
  if (args.length === 0) return usual;
  if (args.length === 1 && args[0] === "--quick") return usual / 5;
  const seconds = args.length === 2 && args[0] === "--seconds" ? Number(args[1]) : NaN;
  if (seconds > 0) return seconds;
  console.error("Usage: [--seconds <number> | --quick]");
  Deno.exit(2);
}
