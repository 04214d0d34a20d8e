/**
 * Many spans in a storm of faults: none lost, none twice, none mixed up.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertStrictEquals,
} from "@std/assert";
import { type AgentSpan, type HttpClientConfig, isPrefactorHttpError, PrefactorHttpClient } from "../mod.ts";
import { type FaultKind, PrefactorSandbox, type RandomFaultOptions } from "@prefactor/http/testing";
import { forbidUnhandledRejections } from "./faults/caller.ts";
import { answer, type Play, RawServer } from "./faults/raw_server.ts";
import { outcome, turn } from "./helpers.ts";

const SPANS = 500;
const SEED = 20_260_101;
const CONCURRENCIES = [1, 8, 64];

/** All that the client retries. A hang costs a timeout, so that it is rarer than the others. */
const RETRIED: RandomFaultOptions["kinds"] = [
  ...(["refuse", "lose", "cut", "status"] as const).flatMap((kind) => [kind, kind, kind]),
  ...[1, 2, 5].map((ms) => ({ kind: "delay", ms } as const)),
  "hang",
];
/** And what it does not: a caller has to repeat the call. */
const ALL: RandomFaultOptions["kinds"] = [...RETRIED, "garbage", "garbage", "redirect", "redirect"];

/** Numbers from 0 to below 1, the same ones for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a storm is played on. */
interface Stage extends AsyncDisposable {
  readonly sandbox: PrefactorSandbox;
  readonly client: PrefactorHttpClient;
  readonly instanceId: string;
  /** Ends the storm and waits for all that is on its way. */
  end(): Promise<void>;
}

/** Serves a sandbox on sockets: a failure of its `fetch` or of a body is a reset, in the middle if need be. */
function serve(sandbox: PrefactorSandbox): Play {
  return async (connection) => {
    let next = connection.request();
    for (let request; (request = await next);) {
      next = connection.request();
      const { line, headers, body } = request;
      const [method, path] = line.split(" ") as [string, string];
      const left = new AbortController();
      next.then((more) => more ?? left.abort());
      try {
        const init = { method, headers: Object.fromEntries(headers), body, signal: left.signal };
        const response = await sandbox.fetch(`http://sandbox.test${path}`, init);
        const fields = { connection: "keep-alive", ...Object.fromEntries(response.headers) };
        if (!response.headers.has("content-length")) {
          await connection.send(answer(response.status, fields, await response.text()));
          continue;
        }
        await connection.send(answer(response.status, fields));
        for await (const chunk of response.body!) await connection.send(chunk);
      } catch {
        connection.reset();
      }
    }
  };
}

async function makeStage(isLoopback: boolean, maxConcurrency: number): Promise<Stage> {
  const sandbox = new PrefactorSandbox({ maxRecords: 50_000 });
  const server = isLoopback ? await RawServer.start(serve(sandbox)) : undefined;
  const overrides: Partial<HttpClientConfig> = server ? { apiUrl: server.url, fetch: undefined } : {};
  const client = new PrefactorHttpClient(sandbox.config({
    maxConcurrency,
    connectTimeout: 60,
    requestTimeout: 5_000,
    maxRetries: 50,
    initialRetryDelay: 1,
    maxRetryDelay: 5,
    ...overrides,
  }));
  const { id } = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: {},
  });
  return {
    sandbox,
    client,
    instanceId: id,
    async end() {
      sandbox.faults.clear();
      await client.close();
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await server?.[Symbol.asyncDispose]();
    },
  };
}

function createSpan(
  { client, instanceId }: Stage,
  n: number,
  options: { key?: string; signal?: AbortSignal } = {},
): Promise<AgentSpan> {
  const { key, signal } = options;
  return client.agentSpans.create({
    agent_instance_id: instanceId,
    schema_name: "agent:llm",
    status: "complete",
    payload: { n, twice: [n, n] },
    ...(key !== undefined && { idempotency_key: key }),
  }, signal ? { signal } : {});
}

/** The ids in the sandbox's books, by the number in their payload. */
function idsByNumber({ sandbox }: Stage): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { id, payload } of sandbox.spans.values()) {
    const n = payload["n"] as number;
    assertEquals<unknown>(payload, { n, twice: [n, n] });
    ids.set(n, [...ids.get(n) ?? [], id]);
  }
  return ids;
}

/** Says that the span with the number is there once, and that its call was told of it and of no other. */
function assertOnce(ids: Map<number, string[]>, n: number, span: AgentSpan): void {
  assertEquals<unknown>([span.id, span.payload], [ids.get(n)?.[0], { n, twice: [n, n] }]);
  assertEquals(ids.get(n)!.length, 1);
}

/** Says that the storm was one, and that all attempts for a span sent the same key and the same body. */
function assertStormy({ sandbox }: Stage, kinds: RandomFaultOptions["kinds"]): void {
  const creates = sandbox.requests.filter(({ path }) => path.endsWith("/agent_spans"));
  const names = new Set(kinds!.map((kind) => typeof kind === "string" ? kind : kind.kind));
  const struck = new Set<FaultKind>(creates.flatMap(({ fault }) => fault ?? []));
  assertEquals(struck, names);
  const sent = new Set(
    creates.map(({ headers, body }) => `${headers["idempotency-key"]} ${JSON.stringify(body)}`),
  );
  const spans = new Set(
    creates.map(({ body }) => (body as { details: { payload: { n: number } } }).details.payload.n),
  );
  assertEquals(sent.size, spans.size);
}

const numbers = Array.from({ length: SPANS }, (_, n) => n);
const stages = [false, true].flatMap((isLoopback) =>
  CONCURRENCIES.map((maxConcurrency) => ({
    isLoopback,
    maxConcurrency,
    name: `${isLoopback ? "over loopback" : "in memory"}, ${maxConcurrency} at a time`,
  }))
);

for (const { isLoopback, maxConcurrency, name } of stages) {
  Deno.test(`AgentSpanClient.create() makes each of ${SPANS} spans once in a storm ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using stage = await makeStage(isLoopback, maxConcurrency);
    stage.sandbox.faults.random({ rate: 0.4, seed: SEED + maxConcurrency, kinds: RETRIED! });
    const spans = await Promise.all(numbers.map((n) => createSpan(stage, n)));
    await stage.end();

    const ids = idsByNumber(stage);
    assertEquals([ids.size, stage.sandbox.spans.size], [SPANS, SPANS]);
    for (const n of numbers) assertOnce(ids, n, spans[n]!);
    assertStormy(stage, RETRIED);
  });

  Deno.test(`AgentSpanClient.create() repeated under its key makes each span once ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using stage = await makeStage(isLoopback, maxConcurrency);
    stage.sandbox.faults.random({ rate: 0.4, seed: SEED - maxConcurrency, kinds: ALL! });
    let repeats = 0;
    const createUntilTold = async (n: number): Promise<AgentSpan> => {
      for (;;) {
        const { value, error } = await outcome(createSpan(stage, n, { key: `span-${n}` }));
        if (value) return value;
        assert(isPrefactorHttpError(error), `Not an error of this package: ${error}`);
        repeats++;
      }
    };
    const spans = await Promise.all(numbers.map(createUntilTold));
    await stage.end();

    const ids = idsByNumber(stage);
    assertEquals([ids.size, stage.sandbox.spans.size], [SPANS, SPANS]);
    for (const n of numbers) assertOnce(ids, n, spans[n]!);
    assertStormy(stage, ALL);
    assertGreater(repeats, 0);
  });

  Deno.test(`AgentSpanClient.create() aborted by a tenth makes none twice in a storm ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using stage = await makeStage(isLoopback, maxConcurrency);
    const random = randomNumbers(SEED * maxConcurrency);
    stage.sandbox.faults.random({ rate: 0.4, seed: SEED * maxConcurrency, kinds: RETRIED! });
    const aborted = new Set<number>();
    const spans = await Promise.all(numbers.map(async (n) => {
      if (random() >= 0.1) return await createSpan(stage, n);
      const controller = new AbortController();
      const call = outcome(createSpan(stage, n, { signal: controller.signal }));
      for (let turns = Math.floor(random() * 10); turns > 0; turns--) await turn();
      const reason = new Error(`Span ${n} is not wanted any more`);
      controller.abort(reason);
      const { value, error } = await call;
      if (value) return value;
      assertStrictEquals(error, reason);
      aborted.add(n);
      return undefined;
    }));
    // what was on its way when its call was aborted may still arrive
    await stage.end();

    const ids = idsByNumber(stage);
    for (const n of numbers) {
      if (spans[n]) assertOnce(ids, n, spans[n]);
      else assertLessOrEqual(ids.get(n)?.length ?? 0, 1);
    }
    assertStormy(stage, RETRIED);
    assertGreater(aborted.size, 0);
    assertLess(aborted.size, SPANS / 5);
  });
}
