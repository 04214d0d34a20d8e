/**
 * Scenarios of hostile servers, careless callers and blocked event loops.
 *
 * @module
 */

import { type HttpClientConfig, isPrefactorHttpError, PrefactorHttpClient } from "../../mod.ts";
import {
  assert,
  assertEquals,
  countPendingTimers,
  type Env,
  failure,
  rejection,
  type Scenario,
  Script,
  TOKEN,
  turn,
} from "./scenario.ts";

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Ways to block the event loop before a server that has received a number of requests responds. */
const STALLS: readonly [name: string, (script: Script, count: number, ms: number) => Promise<void>][] = [
  ["in a timer", async (script, count, ms) => {
    await script.hasReceived(count);
    setTimeout(block, 1, ms);
  }],
  ["in an I/O callback", async (script, count, ms) => {
    await script.hasReceived(count);
    block(ms);
  }],
  ["before the requests are sent, and again after them", async (script, count, ms) => {
    block(ms);
    await script.hasReceived(count);
    block(ms);
  }],
];

/** The response arrives 30 ms after the request, while the loop is blocked for longer than these timeouts. */
const TIMEOUTS: readonly Partial<HttpClientConfig>[] = [
  { connectTimeout: 150 },
  { requestTimeout: 150 },
  { totalTimeout: 150 },
];

/** Values that a custom `fetch` may reject with, and whose properties cannot be read. */
function unreadable(): [string, unknown][] {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const refuse = (): never => {
    throw new Error("refused");
  };
  const handler = { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse };
  const named = Object.defineProperty(new Error("A message"), "name", { get: refuse });
  return [["a revoked proxy", proxy], ["a proxy that refuses", new Proxy({}, handler)], ["a name", named]];
}

/** Returns a generator of integers from 0 to below `limit`, deterministic for a seed. */
function randomIntegers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

/** Lets some microtasks or turns of the event loop pass. */
async function pass(random: (limit: number) => number): Promise<void> {
  if (random(4) === 0) await turn();
  for (let count = random(30); count > 0; count--) await null;
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** A `fetch` that responds, fails, hangs or stalls within the body, and may ignore its signal. */
function randomFetch(random: (limit: number) => number, sent: Map<string, Set<string>>): typeof fetch {
  return async (_url, init) => {
    const { body, headers, signal } = init as {
      body: string;
      headers: Record<string, string>;
      signal: AbortSignal;
    };
    sent.set(body, (sent.get(body) ?? new Set()).add(headers["Idempotency-Key"]!));
    const respond = async () => {
      await pass(random);
      const kind = random(8);
      if (kind === 0) throw new TypeError("Connection reset");
      if (kind === 1) return await new Promise<never>(() => {});
      if (kind === 2) return Response.json({}, { status: 503 });
      if (kind === 3) return Response.json({}, { status: 429, headers: { "retry-after-ms": "2" } });
      if (kind === 4) {
        return new Response(new ReadableStream({ cancel: () => Promise.reject(new Error("Broken")) }));
      }
      return Response.json({ status: "success" });
    };
    return await (random(4) === 0 ? respond() : Promise.race([respond(), rejectOnAbort(signal)]));
  };
}

async function race(seed: number): Promise<void> {
  const random = randomIntegers(seed);
  const sent = new Map<string, Set<string>>();
  const client = new PrefactorHttpClient({
    apiUrl: "https://api.example.test",
    apiToken: TOKEN,
    fetch: randomFetch(random, sent),
    maxConcurrency: 1 + random(20),
    maxRetries: random(3),
    initialRetryDelay: 1,
    maxRetryDelay: 5,
    requestTimeout: 5 + random(20),
    totalTimeout: 10 + random(40),
  });
  const calls: Promise<void>[] = [];
  for (let n = 0; n < 100; n++) {
    const controller = new AbortController();
    const call = client.request("POST", "/x", { json: { n }, signal: controller.signal });
    calls.push(call.then(() => {}, (error) => {
      assert(error === controller.signal.reason || isPrefactorHttpError(error), `Foreign error: ${error}`);
    }));
    if (random(3) === 0) pass(random).then(() => controller.abort("stopped"));
    if (random(4) === 0) await pass(random);
  }
  await client.close(random(2) === 0 ? { timeout: random(20) } : {});
  await Promise.all(calls);
  for (const [body, keys] of sent) assertEquals(keys.size, 1, `keys of ${body}`);
  assertEquals(new Set([...sent.values()].flatMap((keys) => [...keys])).size, sent.size, "keys");
}

/** Returns everything that a runtime shows of a value. */
function shown(value: unknown): string {
  const { Deno, Bun, process } = globalThis as Record<string, unknown> as {
    Deno?: { inspect(value: unknown, options: object): string };
    Bun?: { inspect(value: unknown, options: object): string };
    process?: { getBuiltinModule?(name: string): { inspect(value: unknown, options: object): string } };
  };
  const options = { depth: 10, showHidden: true, getters: true };
  return [
    JSON.stringify(value),
    String(value),
    (value as Error).stack,
    ...[Deno, Bun, process?.getBuiltinModule?.("util")].map((shower) => shower?.inspect(value, options)),
  ].join("\n");
}

export const HOSTILE: readonly Scenario[] = [
  ...["late", "late-chunks"].flatMap((step) =>
    STALLS.map(([name, stall]): Scenario => ({
      name: `a response (${step}) that arrives while the event loop is blocked ${name} is kept`,
      async run(env) {
        const script = new Script(env, `${step}:30`);
        const calls = TIMEOUTS.flatMap((timeouts) => {
          const client = script.client(timeouts);
          return [1, 2].map(() => client.request("POST", "/x", { json: {} }));
        });
        const results = Promise.all(calls);
        await stall(script, calls.length, 400);
        assertEquals(await results, Array(calls.length).fill({ status: "success" }), "responses");
      },
    }))
  ),
  {
    name: "maxResponseBytes limits a chunked response with a small Content-Length",
    async run(env: Env) {
      const client = new PrefactorHttpClient({
        apiUrl: env.oversized,
        apiToken: TOKEN,
        maxRetries: 0,
        maxResponseBytes: 1_024,
      });
      const { name } = await failure(client.request("GET", "/x"));
      // Node's parser rejects such a response by itself.
      const expected = env.runtime === "node" ? "PrefactorNetworkError" : "PrefactorResponseContractError";
      assertEquals(name, expected, "name");
    },
  },
  {
    name: "a body in another encoding than its header says is a network error",
    async run(env) {
      const error = await failure(new Script(env, "wrong-gzip").client().request("POST", "/x", { json: {} }));
      assertEquals(error.name, "PrefactorNetworkError", "name");
    },
  },
  {
    name: "a byte order mark and a wrong charset do not matter",
    async run(env) {
      const body = await new Script(env, "bom").client().request("POST", "/x", { json: {} });
      assertEquals(body, { text: "ü€" }, "body");
    },
  },
  {
    name: "a caller's Host, Content-Length and Transfer-Encoding are ignored",
    async run(env) {
      const script = new Script(env, "ok");
      const headers = { "Host": "evil.test", "Content-Length": "1", "Transfer-Encoding": "chunked" };
      await script.client().request("POST", "/x", { json: { a: 1 }, headers });
      assertEquals((await script.received()).map(({ body }) => body), ['{"a":1}'], "bodies");
    },
  },
  {
    name: "a rejection of fetch that cannot be read is a network error",
    async run() {
      for (const [what, reason] of unreadable()) {
        const rejecting = { apiUrl: "https://api.example.test", apiToken: TOKEN, maxRetries: 0 };
        const client = new PrefactorHttpClient({ ...rejecting, fetch: () => Promise.reject(reason) });
        assertEquals((await failure(client.request("GET", "/x"))).name, "PrefactorNetworkError", what);
        await client.close();
      }
    },
  },
  {
    name: "a body that cannot be canceled does not affect the call",
    async run(env) {
      const read = () => new Promise<never>(() => {});
      const cancel = (): never => {
        throw new Error("from cancel()");
      };
      const body = { getReader: () => ({ read, cancel }), cancel };
      const response = { status: 200, ok: true, headers: new Headers(), body } as unknown as Response;
      const client = new Script(env).client({ requestTimeout: 20, fetch: () => Promise.resolve(response) });
      assertEquals((await failure(client.request("GET", "/x"))).name, "PrefactorTimeoutError", "name");
      await turn();
    },
  },
  {
    name: "calls that are aborted, closed or time out at random settle and leave no timer",
    async run() {
      const pending = await countPendingTimers(async () => {
        for (let seed = 1; seed <= 10; seed++) await race(seed);
      });
      assertEquals(pending, 0, "pending timers");
    },
  },
  {
    name: "no runtime shows the token of a client or of an error",
    async run(env) {
      const client = new Script(env, "echo").client();
      const rejected = new Script(env).client({
        fetch: () =>
          Promise.reject(Object.assign(new Error(`No ${TOKEN}`), { config: { headers: [TOKEN] } })),
      });
      const errors = [
        await rejection(client.request("POST", "/x", { json: {} })),
        await rejection(rejected.request("GET", `/x/${encodeURIComponent(TOKEN)}`)),
      ];
      for (
        const value of [
          client,
          client.agentSpans,
          ...errors,
          ...errors.map((error) => structuredClone(error)),
        ]
      ) {
        const text = shown(value);
        assert(!text.includes("eyJhbGci"), text);
      }
    },
  },
];
