/**
 * Creates many spans under random faults: no span is lost, duplicated or mixed up with another.
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
import { type Play, rawResponse, RawServer } from "./faults/raw_server.ts";
import { outcome, turn } from "./helpers.ts";

const SPANS = 500;
const SEED = 20_260_101;
const CONCURRENCIES = [1, 8, 64];

/** The faults that the client retries. A hang takes as long as the timeout, so it is rarer than the others. */
const RETRIED: RandomFaultOptions["kinds"] = [
  ...(["refuse", "lose", "cut", "status"] as const).flatMap((kind) => [kind, kind, kind]),
  ...[1, 2, 5].map((ms) => ({ kind: "delay", ms } as const)),
  "hang",
];
/** All faults, including those that the client does not retry: the caller must repeat the call. */
const ALL: RandomFaultOptions["kinds"] = [...RETRIED, "garbage", "garbage", "redirect", "redirect"];

/** Returns a generator of numbers from 0 to below 1, deterministic for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A sandbox with random faults, and a client for it. */
interface Setup extends AsyncDisposable {
  readonly sandbox: PrefactorSandbox;
  readonly client: PrefactorHttpClient;
  readonly instanceId: string;
  /** Ends the faults and waits for all calls in flight. */
  end(): Promise<void>;
}

/** Serves a sandbox on sockets. If its `fetch` or a body fails, the connection is reset. */
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
          await connection.send(rawResponse(response.status, fields, await response.text()));
          continue;
        }
        await connection.send(rawResponse(response.status, fields));
        for await (const chunk of response.body!) await connection.send(chunk);
      } catch {
        connection.reset();
      }
    }
  };
}

async function makeSetup(isLoopback: boolean, maxConcurrency: number, maxRetries = 50): Promise<Setup> {
  const sandbox = new PrefactorSandbox({ maxRecords: 50_000 });
  const server = isLoopback ? await RawServer.start(serve(sandbox)) : undefined;
  // On a busy machine every attempt may exceed the short timeout for a while.
  const overrides: Partial<HttpClientConfig> = server
    ? { apiUrl: server.url, fetch: undefined, retryBudget: null }
    : {};
  const client = new PrefactorHttpClient(sandbox.config({
    maxConcurrency,
    connectTimeout: 60,
    requestTimeout: 5_000,
    maxRetries,
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
  { client, instanceId }: Setup,
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

/** Returns the IDs of the recorded spans by the number in their payload. */
function idsByNumber({ sandbox }: Setup): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { id, payload } of sandbox.spans.values()) {
    const n = payload["n"] as number;
    assertEquals<unknown>(payload, { n, twice: [n, n] });
    ids.set(n, [...ids.get(n) ?? [], id]);
  }
  return ids;
}

/** Asserts that the span with the number exists once and that its call returned exactly that span. */
function assertOnce(ids: Map<number, string[]>, n: number, span: AgentSpan): void {
  assertEquals<unknown>([span.id, span.payload], [ids.get(n)?.[0], { n, twice: [n, n] }]);
  assertEquals(ids.get(n)!.length, 1);
}

/** Asserts that all faults occurred and that all attempts for a span sent the same key and the same body. */
function assertFaults({ sandbox }: Setup, kinds: RandomFaultOptions["kinds"]): void {
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

Deno.test("AgentSpanClient.create() loses none of 2,000 spans at 45 % faults under the default retryBudget", async () => {
  await using _rejections = forbidUnhandledRejections();
  await using setup = await makeSetup(false, 64, 40);
  setup.sandbox.faults.random({ rate: 0.45, seed: SEED, kinds: RETRIED! });
  const spans = await Promise.all(Array.from({ length: 2_000 }, (_, n) => createSpan(setup, n)));
  await setup.end();

  const ids = idsByNumber(setup);
  assertEquals([ids.size, setup.sandbox.spans.size], [2_000, 2_000]);
  for (const [n, span] of spans.entries()) assertOnce(ids, n, span);
  assertFaults(setup, RETRIED);
});

const numbers = Array.from({ length: SPANS }, (_, n) => n);
const cases = [false, true].flatMap((isLoopback) =>
  CONCURRENCIES.map((maxConcurrency) => ({
    isLoopback,
    maxConcurrency,
    name: `${isLoopback ? "over loopback" : "in memory"} with maxConcurrency ${maxConcurrency}`,
  }))
);

for (const { isLoopback, maxConcurrency, name } of cases) {
  Deno.test(`AgentSpanClient.create() creates each of ${SPANS} spans once under random faults ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using setup = await makeSetup(isLoopback, maxConcurrency);
    setup.sandbox.faults.random({ rate: 0.4, seed: SEED + maxConcurrency, kinds: RETRIED! });
    const spans = await Promise.all(numbers.map((n) => createSpan(setup, n)));
    await setup.end();

    const ids = idsByNumber(setup);
    assertEquals([ids.size, setup.sandbox.spans.size], [SPANS, SPANS]);
    for (const n of numbers) assertOnce(ids, n, spans[n]!);
    assertFaults(setup, RETRIED);
  });

  Deno.test(`AgentSpanClient.create() repeated with the same key creates each span once ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using setup = await makeSetup(isLoopback, maxConcurrency);
    setup.sandbox.faults.random({ rate: 0.4, seed: SEED - maxConcurrency, kinds: ALL! });
    let repeats = 0;
    const createUntilSuccess = async (n: number): Promise<AgentSpan> => {
      for (;;) {
        const { value, error } = await outcome(createSpan(setup, n, { key: `span-${n}` }));
        if (value) return value;
        assert(isPrefactorHttpError(error), `Not an error of this package: ${error}`);
        repeats++;
      }
    };
    const spans = await Promise.all(numbers.map(createUntilSuccess));
    await setup.end();

    const ids = idsByNumber(setup);
    assertEquals([ids.size, setup.sandbox.spans.size], [SPANS, SPANS]);
    for (const n of numbers) assertOnce(ids, n, spans[n]!);
    assertFaults(setup, ALL);
    assertGreater(repeats, 0);
  });

  Deno.test(`AgentSpanClient.create() creates no span twice if a tenth of the calls are aborted ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using setup = await makeSetup(isLoopback, maxConcurrency);
    const random = randomNumbers(SEED * maxConcurrency);
    setup.sandbox.faults.random({ rate: 0.4, seed: SEED * maxConcurrency, kinds: RETRIED! });
    const aborted = new Set<number>();
    const spans = await Promise.all(numbers.map(async (n) => {
      if (random() >= 0.1) return await createSpan(setup, n);
      const controller = new AbortController();
      const call = outcome(createSpan(setup, n, { signal: controller.signal }));
      for (let turns = Math.floor(random() * 10); turns > 0; turns--) await turn();
      const reason = new Error(`Span ${n} was aborted`);
      controller.abort(reason);
      const { value, error } = await call;
      if (value) return value;
      assertStrictEquals(error, reason);
      aborted.add(n);
      return undefined;
    }));
    // requests of aborted calls may still arrive
    await setup.end();

    const ids = idsByNumber(setup);
    for (const n of numbers) {
      if (spans[n]) assertOnce(ids, n, spans[n]);
      else assertLessOrEqual(ids.get(n)?.length ?? 0, 1);
    }
    assertFaults(setup, RETRIED);
    assertGreater(aborted.size, 0);
    assertLess(aborted.size, SPANS / 5);
  });
}
