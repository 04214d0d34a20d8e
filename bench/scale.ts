/**
 * Time per call by the number of calls in flight and by the size of the span.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/scale.ts --quick
 * ```
 *
 * @module
 */

import { BASELINE, type ClientName, OURS, OURS_UNLIMITED } from "./lib/clients.ts";
import { Pair, SLICE_MS, startServer, startWorker } from "./lib/pairs.ts";
import { type Options, type Report, type Row, runAlone } from "./lib/report.ts";

/** The default of `--seconds`. */
export const SECONDS = 4;

/** The default of `maxConcurrency`. */
const LIMIT = 100;
const IN_FLIGHT = [1, 10, 100, 1_000, 10_000];
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/**
 * Returns a function that measures a client and its baseline. Each has its own process and its own server, since one
 * server cannot hold the connections of both.
 */
async function setUp(stack: AsyncDisposableStack, seconds: number) {
  const workers = { client: stack.use(startWorker()), baseline: stack.use(startWorker()) };
  const [clientUrl, baselineUrl] = [
    await stack.use(startServer()).request<string>("url"),
    await stack.use(startServer()).request<string>("url"),
  ];
  const pairOf = (client: ClientName, inFlight: number, baselineInFlight: number, bytes?: number) => {
    const task = { ms: SLICE_MS, ...(bytes !== undefined && { bytes }) };
    return new Pair(
      { ...task, apiUrl: clientUrl, client, inFlight },
      { ...task, apiUrl: baselineUrl, client: BASELINE, inFlight: baselineInFlight },
    );
  };
  await pairOf(OURS, 32, 32).warmUp(workers);
  return async (...args: Parameters<typeof pairOf>): Promise<Row["figures"]> => {
    const pair = pairOf(...args);
    await pair.warmUp(workers, SLICE_MS);
    const end = performance.now() + seconds * 1_000;
    for (let rounds = 0; rounds < 3 || performance.now() < end; rounds++) await pair.measure(workers);
    return [pair.time, pair.throughput, pair.cpu];
  };
}

const figureColumns: Report["columns"] = [
  { name: "time per call", unit: "µs" },
  { name: "throughput", unit: "ratio" },
  { name: "CPU", unit: "ratio" },
];

/** Measures numbers of calls in flight, with the default limit of concurrency and with a higher one. */
export async function measureConcurrency({ seconds }: Options): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const compare = await setUp(stack, seconds);
  const rows: Row[] = [];
  for (const inFlight of IN_FLIGHT) {
    const name = `${inFlight.toLocaleString("en")} in flight`;
    rows.push({ name, figures: await compare(OURS, inFlight, Math.min(inFlight, LIMIT)) });
  }
  for (const inFlight of IN_FLIGHT.filter((inFlight) => inFlight > LIMIT)) {
    const name = `${inFlight.toLocaleString("en")} in flight, maxConcurrency raised`;
    rows.push({ name, figures: await compare(OURS_UNLIMITED, inFlight, inFlight) });
  }
  return {
    title: "Calls in flight",
    notes: [
      "As a ratio to raw fetch with the same number of requests in flight. With the default maxConcurrency, that is",
      `at most ${LIMIT}, and further calls are queued.`,
    ],
    columns: figureColumns,
    rows,
  };
}

/** Measures sizes of the span, one call at a time. */
export async function measurePayloads({ seconds }: Options): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const compare = await setUp(stack, seconds);
  const rows: Row[] = [];
  for (const bytes of BYTES) {
    rows.push({ name: size(bytes), figures: await compare(OURS, 1, 1, bytes) });
  }
  return {
    title: "Size of the span in the request and in the response, one call at a time",
    notes: [
      "As a ratio to raw fetch with the same size. The smallest span has only the required fields, about 280 B.",
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
  await runAlone(measureConcurrency, SECONDS);
  await runAlone(measurePayloads, SECONDS);
}
