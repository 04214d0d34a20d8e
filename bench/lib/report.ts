/**
 * Options and reports of the programs.
 *
 * @module
 */

import type { Estimate } from "./stats.ts";

/** Options of a program. */
export interface Options {
  /** How long to measure each figure, in seconds. */
  readonly seconds: number;
}

/** A table that is printed and written to `results.json`. */
export interface Report {
  readonly title: string;
  /** Lines that explain the table. */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** The unit of the figures, which also determines their format. */
  readonly unit: "ratio" | "%" | "ns" | "µs" | "ms" | "KB" | "MiB" | "per second";
}

/** A row of a table. */
export interface Row {
  readonly name: string;
  /** One figure for each column, `null` if there is none. */
  readonly figures: readonly (Estimate | number | null)[];
}

const DIGITS = { ratio: 2, "%": 1, ns: 0, "µs": 1, ms: 1, KB: 1, MiB: 1, "per second": 0 };

/** Formats the report as text. */
export function render({ title, notes, columns, rows }: Report): string {
  const header = ["", ...columns.map(({ name, unit }) => unit === "ratio" ? name : `${name}, ${unit}`)];
  const lines = rows.map(({ name, figures }) => [
    name,
    ...figures.map((figure, index) => formatFigure(figure, columns[index]!.unit)),
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

function formatFigure(figure: Estimate | number | null, unit: Column["unit"]): string {
  if (figure === null) return "–";
  if (typeof figure === "number") return formatNumber(figure, unit);
  const { median, low, high } = figure;
  return `${formatNumber(median, unit)} (${formatNumber(low, unit)}–${formatNumber(high, unit)})`;
}

function formatNumber(value: number, unit: Column["unit"]): string {
  const digits = unit === "ns" && Math.abs(value) < 100 ? 1 : DIGITS[unit];
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Runs one program and prints its report. Reads `--seconds <number>` or `--quick` from the command line. */
export async function runAlone(measure: (options: Options) => Promise<Report>, seconds: number) {
  console.log(render(await measure({ seconds: secondsFrom(Deno.args, seconds) })));
}

/** Returns the seconds that the arguments set, or `defaultSeconds` without arguments. */
export function secondsFrom(args: readonly string[], defaultSeconds: number): number {
  if (args.length === 0) return defaultSeconds;
  if (args.length === 1 && args[0] === "--quick") return defaultSeconds / 5;
  const seconds = args.length === 2 && args[0] === "--seconds" ? Number(args[1]) : NaN;
  if (seconds > 0) return seconds;
  console.error("Usage: [--seconds <number> | --quick]");
  Deno.exit(2);
}
