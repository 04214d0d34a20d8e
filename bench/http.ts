/**
 * Throughput and processor time of clients, as a share of raw `fetch`.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/http.ts --quick
 * ```
 *
 * @module
 */

import { COMPARED, type ContenderName, FLOOR, OURS } from "./lib/contenders.ts";
import { Pair, startServer, startWorker, TURN } from "./lib/pairs.ts";
import { type Options, type Report, type Row, runAlone } from "./lib/report.ts";

/** How long to measure each figure, in seconds, unless told otherwise. */
export const SECONDS = 10;

const IN_FLIGHT = [1, 32];
const RIVAL = "@prefactor/core";

/** How many processes a client and its floor have, one after the other: some are luckier than others. */
const PROCESSES = 5;

/** Measures one contender after the other, each in turns with its floor, and the floor twice over. */
export async function measure({ seconds }: Options): Promise<Report> {
  await using server = startServer();
  const apiUrl = await server.ask<string>("url");
  const rows: Row[] = [];
  for (const name of COMPARED) rows.push({ name, figures: await compare(apiUrl, name, FLOOR, seconds) });
  rows.push({ name: `${OURS} over ${RIVAL}`, figures: await compare(apiUrl, OURS, RIVAL, seconds) });

  return {
    title: "Creating spans of 1.4 KB over loopback, as a ratio to raw fetch",
    notes: [
      "Throughput: higher is better. CPU: processor time a call, lower is better. In brackets: the 95 % interval.",
      "The first row is raw fetch against raw fetch: what it is off 1.00 is noise.",
    ],
    columns: [
      { name: "1 at a time", unit: "ratio" },
      { name: "32 in flight", unit: "ratio" },
      { name: "CPU, 1", unit: "ratio" },
      { name: "CPU, 32", unit: "ratio" },
    ],
    rows,
  };
}

/** Throughput and processor time of a client over those of another. */
async function compare(
  apiUrl: string,
  contender: ContenderName,
  other: ContenderName,
  seconds: number,
): Promise<Row["figures"]> {
  const rounds = Math.max(2, Math.round(seconds * 1_000 / (4 * TURN) / PROCESSES));
  const pairs = IN_FLIGHT.map((inFlight) => {
    const task = { apiUrl, inFlight, ms: TURN };
    return new Pair({ ...task, contender }, { ...task, contender: other });
  });
  for (let process = 0; process < PROCESSES; process++) {
    await using client = startWorker();
    await using floor = startWorker();
    const workers = { client, floor };
    await pairs.at(-1)!.warmUp(workers);
    for (let round = 0; round < rounds; round++) {
      for (const pair of pairs) await pair.measure(workers);
    }
  }
  return [...pairs.map(({ throughput }) => throughput), ...pairs.map(({ cpu }) => cpu)];
}

if (import.meta.main) await runAlone(measure, SECONDS);
