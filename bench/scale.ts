/**
 * How the cost of a call grows with the calls in flight and with the size of what is sent and answered.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/scale.ts --quick
 * ```
 *
 * @module
 */

import { type ContenderName, FLOOR, OURS, RAISED } from "./lib/contenders.ts";
import { Pair, startServer, startWorker, TURN } from "./lib/pairs.ts";
import { type Options, type Report, type Row, runAlone } from "./lib/report.ts";

/** How long to measure each figure, in seconds, unless told otherwise. */
export const SECONDS = 4;

const LIMIT = 100;
const IN_FLIGHT = [1, 10, 100, 1_000, 10_000];
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/**
 * What measures a client against its floor, each with a process and a server of its own: so many connections fit no
 * one server.
 */
async function setUp(stack: AsyncDisposableStack, seconds: number) {
  const workers = { client: stack.use(startWorker()), floor: stack.use(startWorker()) };
  const [clientUrl, floorUrl] = [
    await stack.use(startServer()).ask<string>("url"),
    await stack.use(startServer()).ask<string>("url"),
  ];
  const pairOf = (contender: ContenderName, inFlight: number, floorInFlight: number, bytes?: number) => {
    const task = { ms: TURN, ...(bytes !== undefined && { bytes }) };
    return new Pair(
      { ...task, apiUrl: clientUrl, contender, inFlight },
      { ...task, apiUrl: floorUrl, contender: FLOOR, inFlight: floorInFlight },
    );
  };
  await pairOf(OURS, 32, 32).warmUp(workers);
  return async (...of: Parameters<typeof pairOf>): Promise<Row["figures"]> => {
    const pair = pairOf(...of);
    await pair.warmUp(workers, TURN);
    const end = performance.now() + seconds * 1_000;
    for (let rounds = 0; rounds < 3 || performance.now() < end; rounds++) await pair.measure(workers);
    return [pair.cost, pair.throughput, pair.cpu];
  };
}

const figureColumns: Report["columns"] = [
  { name: "a call", unit: "µs" },
  { name: "throughput", unit: "ratio" },
  { name: "CPU", unit: "ratio" },
];

/** Calls in flight, behind the usual limit and without one. */
export async function measureFlights({ seconds }: Options): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const compare = await setUp(stack, seconds);
  const rows: Row[] = [];
  for (const inFlight of IN_FLIGHT) {
    const name = `${inFlight.toLocaleString("en")} in flight`;
    rows.push({ name, figures: await compare(OURS, inFlight, Math.min(inFlight, LIMIT)) });
  }
  for (const inFlight of IN_FLIGHT.filter((inFlight) => inFlight > LIMIT)) {
    const name = `${inFlight.toLocaleString("en")} in flight, maxConcurrency raised`;
    rows.push({ name, figures: await compare(RAISED, inFlight, inFlight) });
  }
  return {
    title: "Calls in flight",
    notes: [
      `Against raw fetch with as many requests in flight: at most ${LIMIT}, the usual maxConcurrency, beyond which`,
      "calls wait in line, and as many as there are calls where it is raised.",
    ],
    columns: figureColumns,
    rows,
  };
}

/** Sizes, one call at a time. */
export async function measurePayloads({ seconds }: Options): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const compare = await setUp(stack, seconds);
  const rows: Row[] = [];
  for (const bytes of BYTES) {
    rows.push({ name: size(bytes), figures: await compare(OURS, 1, 1, bytes) });
  }
  return {
    title: "Size of the span, sent and answered, one at a time",
    notes: [
      "Against raw fetch with the same. The smallest has the mandatory fields, some 280 B, and no more.",
    ],
    columns: figureColumns,
    rows,
  };
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${bytes / 1_000} KB` : `${bytes / 1_000_000} MB`;
}

if (import.meta.main) {
  await runAlone(measureFlights, SECONDS);
  await runAlone(measurePayloads, SECONDS);
}
