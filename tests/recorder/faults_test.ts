import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { HttpClientConfig } from "../../mod.ts";
import type { RecorderOptions, SpanRecorder } from "../../src/recorder/mod.ts";
import type { Fault, SandboxRequest } from "../../src/testing/mod.ts";
import { settle } from "../helpers.ts";
import { isBulk, pass, RecordedRun, report } from "./setup.ts";

const SPANS = 40;

/** A failure in the middle of a run of 40 spans, and the counts at the end of the run. */
interface Scenario {
  disturb(recorded: RecordedRun): void;
  readonly options?: RecorderOptions;
  readonly config?: Partial<HttpClientConfig>;
  readonly recorded: number;
  readonly failed?: number;
  readonly dropped?: number;
}

function strike(
  fault: Fault,
  options: { times?: number; match?: (request: SandboxRequest) => boolean } = {},
) {
  return ({ sandbox }: RecordedRun) => sandbox.faults.next(fault, { match: isBulk, ...options });
}

const holdsPage20 = (request: SandboxRequest) =>
  isBulk(request) && JSON.stringify(request.body).includes('"page":20,');

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "refused connections": { disturb: strike({ kind: "refuse" }, { times: 3 }), recorded: SPANS },
  "lost responses": { disturb: strike({ kind: "lose" }, { times: 3 }), recorded: SPANS },
  "responses that are cut off": { disturb: strike({ kind: "cut" }, { times: 3 }), recorded: SPANS },
  "responses that are not JSON": { disturb: strike({ kind: "garbage" }, { times: 3 }), recorded: SPANS },
  "503": { disturb: strike({ kind: "status", status: 503 }, { times: 3 }), recorded: SPANS },
  "429 with Retry-After": {
    disturb: strike({ kind: "status", status: 429, retryAfter: 5 }, { times: 2 }),
    recorded: SPANS,
  },
  "413 for more than 3 items": {
    disturb: strike({ kind: "status", status: 413 }, {
      times: Infinity,
      match: (request) => isBulk(request) && (request.body as { items: unknown[] }).items.length > 3,
    }),
    recorded: SPANS,
  },
  "413 for one span": {
    disturb: strike({ kind: "status", status: 413 }, { times: Infinity, match: holdsPage20 }),
    recorded: SPANS - 1,
    failed: 1,
  },
  "a request that hangs": {
    disturb: strike({ kind: "hang" }),
    config: { requestTimeout: 2_000 },
    recorded: SPANS,
  },
  "401 in the middle": {
    disturb: strike({ kind: "status", status: 401 }),
    recorded: SPANS / 2,
    dropped: SPANS / 2,
  },
  "an outage longer than the retries of the client": {
    disturb: strike({ kind: "status", status: 503 }, { times: 12 }),
    config: { maxRetries: 3 },
    recorded: SPANS,
  },
  "an outage to the end of the run": {
    disturb: strike({ kind: "refuse" }, { times: Infinity }),
    recorded: SPANS / 2,
    dropped: SPANS / 2,
  },
  "a termination in the middle": {
    disturb: ({ sandbox }) => sandbox.terminate([...sandbox.instances.keys()][0]!, "Over budget"),
    recorded: SPANS,
  },
  "a client that is closed in the middle": {
    disturb: ({ client }) => void client.close(),
    recorded: SPANS / 2,
    dropped: SPANS / 2,
  },
};

async function recordSteps({ run }: RecordedRun, from: number, time: FakeTime): Promise<void> {
  for (let page = from; page < from + SPANS / 2; page++) {
    run.startSpan("step", { payload: { page, text: "x" } }).finish({ result: { page } });
    if (page % 7 === 0) await pass(time, 30);
  }
}

for (const [title, scenario] of Object.entries(SCENARIOS)) {
  Deno.test(`RunRecorder() records each span at most once: ${title}`, async () => {
    using time = new FakeTime();
    const recorded = new RecordedRun({ finishTimeout: 60_000, ...scenario.options }, scenario.config);
    await recordSteps(recorded, 0, time);
    await pass(time, 1_000);
    scenario.disturb(recorded);
    await recordSteps(recorded, SPANS / 2, time);
    const { recorded: count, failed = 0, dropped = 0 } = scenario;
    assertEquals(await settle(time, recorded.run.finish()), report({ recorded: count, failed, dropped }));
    const pages = recorded.payloads.map((payload) => (payload as { page: number }).page);
    assertEquals([pages.length, new Set(pages).size], [count, count]);
    assert(
      recorded.spans.every(({ status, payload, result_payload }) =>
        status === "complete" && result_payload!["page"] === payload!["page"]
      ),
    );
  });
}

for (const seed of [1, 2, 3]) {
  Deno.test(`RunRecorder() records 1,000 spans exactly once under random faults, with parents, results and ends (seed ${seed})`, async () => {
    using time = new FakeTime();
    const recorded = new RecordedRun({ finishTimeout: 86_400_000 }, { maxRetries: 1 });
    const { run, sandbox } = recorded;
    sandbox.faults.random({
      rate: 0.4,
      seed,
      kinds: ["refuse", "lose", "cut", "delay", "status", "garbage"],
    });
    const open: [page: number, span: SpanRecorder][] = [];
    const parents = new Map<number, number | undefined>();
    for (let page = 0; page < 1_000; page++) {
      const parent = open[(page * 7) % (open.length + 1)];
      parents.set(page, parent?.[0]);
      open.push([page, (parent?.[1] ?? run).startSpan("step", { payload: { page } })]);
      if (page % 3 !== 0) {
        const [[ended, span]] = open.splice((page * 5) % open.length, 1) as [typeof open[0]];
        span.finish({ result: { ended }, status: ended % 2 === 0 ? "complete" : "failed" });
      }
      if (page % 25 === 0) await pass(time, 300);
    }
    for (const [ended, span] of open) {
      span.finish({ result: { ended }, status: ended % 2 === 0 ? "complete" : "failed" });
    }
    assertEquals(await settle(time, run.finish()), report({ recorded: 1_000 }));
    const pageOf = new Map(recorded.spans.map(({ id, payload }) => [id, payload!["page"] as number]));
    assertEquals([...new Set(pageOf.values())].length, 1_000);
    assertEquals(recorded.spans.length, 1_000);
    for (const { payload, parent_span_id, status, result_payload } of recorded.spans) {
      const page = payload!["page"] as number;
      assertEquals(pageOf.get(parent_span_id!), parents.get(page));
      assertEquals(result_payload, { ended: page });
      assertEquals(status, page % 2 === 0 ? "complete" : "failed");
    }
    assertEquals([...sandbox.instances.values()].map(({ status }) => status), ["complete"]);
    assert(sandbox.requests.some(({ fault }) => fault));
  });
}
