/**
 * Spans per second through single calls, `BatchingRequester` and `RunRecorder`, and the time that recording takes from
 * the agent.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A --v8-flags=--expose-gc bench/recording.ts --quick
 * ```
 *
 * @module
 */

import process from "node:process";
import { AgentSpanClient, BatchingRequester, PrefactorHttpClient } from "../mod.ts";
import { RunRecorder } from "../src/recorder/mod.ts";
import { Child, handleRequests } from "./lib/child.ts";
import { BASELINE, CLIENTS } from "./lib/clients.ts";
import { type Column, type Options, render, type Report, secondsFrom } from "./lib/report.ts";
import { DEFAULT_BYTES, spanParams, TOKEN } from "./lib/span.ts";
import type { ServerState } from "./lib/span_server.ts";
import { type Estimate, estimate } from "./lib/stats.ts";

/** The default of `--seconds`. */
export const SECONDS = 4;

const DELAYS = [0, 20];
const IN_FLIGHT = [1, 32, 100, 1_000];
/** The size of small spans, in bytes. A bulk request saves less of the cost of a larger span, which is mostly JSON. */
const SMALL_BYTES = 300;
/** The minimum time of a measurement, in ms. */
const SLICE_MS = 200;
/** The number of spans over which memory is measured. */
const MEMORY_SPANS = 100_000;
/** The number of spans that start and end before the recorder sends them, to measure only the agent's own time. */
const BURST = 1_000;

/** Records one span; resolves when the API has it. */
type RecordSpan = () => Promise<unknown>;

const WAYS = {
  [BASELINE]: CLIENTS[BASELINE],
  "agentSpans.create": CLIENTS["@prefactor/http"],
  BatchingRequester: (apiUrl: string, bytes: number): RecordSpan => {
    const spans = new AgentSpanClient(new BatchingRequester(clientFor(apiUrl)));
    const params = spanParams(bytes);
    return () => spans.create(params);
  },
  RunRecorder: (apiUrl: string, bytes: number): RecordSpan => {
    const run = runFor(apiUrl);
    const options = { payload: spanParams(bytes).payload };
    return () => {
      const span = run.startSpan("agent:llm", options);
      span.finish();
      return span.id;
    };
  },
};

type Way = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as Way[];

function clientFor(apiUrl: string): PrefactorHttpClient {
  return new PrefactorHttpClient({ apiUrl, apiToken: TOKEN });
}

function runFor(apiUrl: string): RunRecorder {
  const params = { agent_id: "bench", agent_version: {}, agent_schema_version: {} };
  return new RunRecorder(clientFor(apiUrl), params, {
    maxDelay: 0,
    onProblem: ({ kind, error }) => {
      console.error(kind, error);
      Deno.exit(1);
    },
  });
}

interface Task {
  readonly apiUrl: string;
  /** The size of a span, in bytes. */
  readonly bytes: number;
  readonly way: Way;
  readonly measure: "throughput" | "path" | "memory";
  readonly inFlight: number;
}

/** The result of a task. */
interface Measurement {
  readonly spans: number;
  /** Elapsed time, in ms. */
  readonly ms: number;
  /** CPU time of all threads, in ms. */
  readonly cpu: number;
  /** Growth of the live heap, in MiB. */
  readonly live: number;
}

const recorders = new Map<string, RecordSpan>();

async function run({ apiUrl, bytes, way, measure, inFlight }: Task): Promise<Measurement> {
  if (measure === "path") return await measurePath(apiUrl);
  const key = `${way} ${apiUrl}`;
  const record = recorders.get(key) ?? await WAYS[way](apiUrl, bytes);
  recorders.set(key, record);
  const goal = measure === "memory" ? MEMORY_SPANS : 0;
  const heapBefore = goal > 0 ? liveHeap() : 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  let spans = 0;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    do {
      await record();
      spans++;
    } while (goal > 0 ? spans < goal : performance.now() - start < SLICE_MS);
  }));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const live = goal > 0 ? (liveHeap() - heapBefore) / 2 ** 20 : 0;
  return { spans, ms, cpu: (user + system) / 1_000, live };
}

function liveHeap(): number {
  (globalThis as unknown as { gc: () => void }).gc();
  return Deno.memoryUsage().heapUsed;
}

let runOfPath: RunRecorder | undefined;

/** Measures the time that starting and ending a span takes from the agent. */
async function measurePath(apiUrl: string): Promise<Measurement> {
  const run = runOfPath ??= runFor(apiUrl);
  const options = { payload: spanParams().payload };
  const start = performance.now();
  for (let count = 0; count < BURST; count++) run.startSpan("agent:llm", options).finish();
  const ms = performance.now() - start;
  await run.flush();
  return { spans: BURST, ms, cpu: 0, live: 0 };
}

/**
 * Measures every way of recording in every setting, forwards and then backwards, so that a drift affects all equally.
 */
export async function measureRecording({ seconds }: Options): Promise<Report[]> {
  await using server = new Child(new URL("./lib/span_server.ts", import.meta.url));
  const { url } = await server.request<ServerState>("state");
  const settings = [
    ...DELAYS.flatMap((delay) => IN_FLIGHT.map((inFlight) => ({ delay, inFlight, bytes: DEFAULT_BYTES }))),
    { delay: 0, inFlight: 100, bytes: SMALL_BYTES },
  ].map((setting) => ({ ...setting, apiUrl: `${url}/${setting.delay}/${setting.bytes}` }));
  const workers = Object.fromEntries(NAMES.map((way) => [way, startWorker()])) as Record<Way, Child>;
  const results = settings.map(() =>
    NAMES.map(() => ({ throughput: [] as number[], cpu: [] as number[], requests: [] as number[] }))
  );
  const path: number[] = [];
  const pathShare: number[] = [];
  try {
    for (const { apiUrl, bytes, inFlight } of settings) {
      for (const way of NAMES) {
        await workers[way].request({ apiUrl, bytes, way, measure: "throughput", inFlight } satisfies Task);
      }
    }
    const end = performance.now() + seconds * 1_000 * settings.length;
    for (let round = 0; round < 3 || performance.now() < end; round++) {
      for (const [index, { apiUrl, bytes, inFlight }] of settings.entries()) {
        const taken = new Map<Way, { spans: number; ms: number; cpu: number; requests: number }>();
        for (const way of [...NAMES, ...NAMES.toReversed()]) {
          const before = await server.request<ServerState>("state");
          const task: Task = { apiUrl, bytes, way, measure: "throughput", inFlight };
          const { spans, ms, cpu } = await workers[way].request<Measurement>(task);
          const after = await server.request<ServerState>("state");
          const sum = taken.get(way) ?? { spans: 0, ms: 0, cpu: 0, requests: 0 };
          taken.set(way, {
            spans: sum.spans + spans,
            ms: sum.ms + ms,
            cpu: sum.cpu + cpu,
            requests: sum.requests + after.requests - before.requests,
          });
        }
        const baseline = taken.get(BASELINE)!;
        for (const [row, way] of NAMES.entries()) {
          const { spans, ms, cpu, requests } = taken.get(way)!;
          const { throughput, cpu: cpus, requests: counts } = results[index]![row]!;
          throughput.push((spans / ms) / (baseline.spans / baseline.ms));
          cpus.push((cpu / spans) / (baseline.cpu / baseline.spans));
          counts.push(requests / spans * 1_000);
        }
        if (index > 0) continue;
        const task: Task = { apiUrl, bytes, way: "RunRecorder", measure: "path", inFlight: 1 };
        const { spans, ms } = await workers.RunRecorder.request<Measurement>(task);
        path.push(ms / spans * 1_000);
        pathShare.push(100 * (ms / spans) / (baseline.ms / baseline.spans));
      }
    }
  } finally {
    for (const worker of Object.values(workers)) await worker[Symbol.asyncDispose]();
  }
  const columns = settings.map(({ delay, inFlight, bytes }): Column => ({
    name: `${delay} ms, ${inFlight.toLocaleString("en")} in flight${
      bytes === SMALL_BYTES ? `, ${bytes} B` : ""
    }`,
    unit: "ratio",
  }));
  const table = (title: string, notes: string[], pick: "throughput" | "cpu" | "requests"): Report => ({
    title,
    notes,
    columns,
    rows: NAMES.map((name, row) => ({
      name,
      figures: results.map((ways): Estimate => estimate(ways[row]![pick])),
    })),
  });
  return [
    table("Recording: spans per second, as a ratio to raw fetch", [
      "Each span starts and ends before it is sent. The server runs in a separate process and reads every request; the",
      "delay applies to each request. The recorder has a maxDelay of 0, since each call in flight waits for its span.",
      `The request of a span has ${DEFAULT_BYTES} B if no other size is given.`,
    ], "throughput"),
    table(
      "Recording: CPU time per span, as a ratio to raw fetch",
      ["Without the CPU time of the server."],
      "cpu",
    ),
    table("Recording: requests per 1,000 spans", [], "requests"),
    {
      title: "Recording: the agent's own time per span",
      notes: [
        `Starting and ending a span of ${DEFAULT_BYTES} B, compared with raw fetch with one call in flight.`,
      ],
      columns: [{ name: "time", unit: "µs" }, { name: "share of a raw fetch", unit: "%" }],
      rows: [{ name: "RunRecorder", figures: [estimate(path), estimate(pathShare)] }],
    },
    await measureMemory(settings[0]!.apiUrl),
  ];
}

function startWorker(): Child {
  return new Child(import.meta.url, ["worker"], ["--v8-flags=--expose-gc"]);
}

/** Measures how much the live heap grows over 100,000 spans. */
async function measureMemory(apiUrl: string): Promise<Report> {
  const rows = [];
  for (const way of NAMES) {
    await using worker = startWorker();
    const task: Task = { apiUrl, bytes: DEFAULT_BYTES, way, measure: "throughput", inFlight: 100 };
    await worker.request(task);
    const { live } = await worker.request<Measurement>({ ...task, measure: "memory" });
    rows.push({ name: way, figures: [live] });
  }
  return {
    title: `Recording: growth of the live heap over ${MEMORY_SPANS.toLocaleString("en")} spans`,
    notes: ["With 100 spans in flight, after a forced garbage collection."],
    columns: [{ name: "live heap", unit: "MiB" }],
    rows,
  };
}

if (Deno.args[0] === "worker") await handleRequests(run);
else if (import.meta.main) {
  const reports = await measureRecording({ seconds: secondsFrom(Deno.args, SECONDS) });
  console.log(reports.map(render).join("\n"));
}
