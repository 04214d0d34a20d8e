/**
 * Scenarios of calls that end early and of clients that close.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  countPendingTimers,
  deferred,
  type Env,
  failure,
  rejection,
  type Scenario,
  Script,
  turn,
} from "./scenario.ts";

/** A call that is in the phase in which the scenario aborts it. */
interface StartedCall {
  readonly call: Promise<unknown>;
  /** The script whose response the abort must cancel. */
  readonly script?: Script;
  /** Ends the other calls of the client. */
  cleanUp?(): Promise<void>;
}

const PHASES: readonly [string, (env: Env, signal: AbortSignal) => Promise<StartedCall>][] = [
  ["while the call is queued", startQueued],
  ["before the headers", startBeforeHeaders],
  ["during the body", startDuringBody],
  ["during the backoff", (env, signal) => startDuringWait(new Script(env, "status:503"), signal)],
  [
    "while it waits for Retry-After",
    (env, signal) => startDuringWait(new Script(env, "status:503:retry-after:30"), signal),
  ],
];

const REASONS: readonly unknown[] = [new Error("Enough"), "a string", 0, null, { any: "thing" }, undefined];

async function startQueued(env: Env, signal: AbortSignal): Promise<StartedCall> {
  const script = new Script(env, "hang");
  const client = script.client({ maxConcurrency: 1 });
  const first = client.request("POST", "/first", { json: {} });
  first.catch(() => {});
  await script.hasReceived(1);
  const call = client.request("POST", "/x", { signal, json: {} });
  return { call, cleanUp: () => client.close({ timeout: 0 }) };
}

async function startBeforeHeaders(env: Env, signal: AbortSignal): Promise<StartedCall> {
  const script = new Script(env, "hang");
  const call = script.client().request("POST", "/x", { signal, json: {} });
  await script.hasReceived(1);
  return { call, script };
}

async function startDuringBody(env: Env, signal: AbortSignal): Promise<StartedCall> {
  const script = new Script(env, "stall");
  const headers = deferred();
  const client = script.client({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      headers.resolve();
      return response;
    },
  });
  const call = client.request("POST", "/x", { signal, json: {} });
  await headers.promise;
  await turn();
  return { call, script };
}

async function startDuringWait(script: Script, signal: AbortSignal): Promise<StartedCall> {
  const response = deferred();
  const hooks = { onResponse: () => response.resolve() };
  const client = script.client({ initialRetryDelay: 30_000, maxRetries: 1, hooks });
  const call = client.request("POST", "/x", { signal, json: {} });
  await response.promise;
  await turn();
  return { call };
}

interface Process {
  on(event: "warning", listener: (warning: Error) => void): void;
  off(event: "warning", listener: (warning: Error) => void): void;
}

/** Collects the process warnings that the runtime emits while the function runs. */
async function warningsOf(run: () => Promise<void>): Promise<string[]> {
  const { process } = globalThis as { process?: Partial<Process> };
  const warnings: string[] = [];
  const listener = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);
  process?.on?.("warning", listener);
  try {
    await run();
    await turn();
  } finally {
    process?.off?.("warning", listener);
  }
  return warnings;
}

export const ENDING: readonly Scenario[] = [
  ...PHASES.map(([phase, start]): Scenario => ({
    name: `an abort ${phase} rejects with the signal's reason`,
    async run(env) {
      for (const reason of REASONS) {
        const controller = new AbortController();
        const { call, script, cleanUp } = await start(env, controller.signal);
        controller.abort(reason);
        assert(
          Object.is(await rejection(call), controller.signal.reason),
          `The call must reject with ${String(reason)}`,
        );
        await script?.hasCancelled(1);
        await cleanUp?.();
      }
    },
  })),
  {
    name: "a call with an aborted signal sends nothing",
    async run(env) {
      const script = new Script(env, "ok");
      const reason = new Error("Before");
      const signal = AbortSignal.abort(reason);
      assertEquals(
        await rejection(script.client().request("POST", "/x", { signal })) === reason,
        true,
        "reason",
      );
      assertEquals((await script.received()).length, 0, "requests");
    },
  },
  {
    name: "AbortSignal.timeout() rejects with its TimeoutError",
    async run(env) {
      const signal = AbortSignal.timeout(50);
      const error = await rejection(new Script(env, "hang").client().request("POST", "/x", { signal }));
      assert(error === signal.reason && error instanceof DOMException, String(error));
      assertEquals(error.name, "TimeoutError", "name");
    },
  },
  {
    name: "many calls with one signal cause no warning",
    async run(env) {
      const warnings = await warningsOf(async () => {
        const client = new Script(env, "ok").client();
        const { signal } = new AbortController();
        for (let round = 0; round < 4; round++) {
          await Promise.all(Array.from({ length: 50 }, () => client.request("GET", "/x", { signal })));
        }
      });
      assertEquals(warnings, [], "warnings");
    },
  },
  {
    name: "close() waits for calls in flight and rejects new ones",
    async run(env) {
      const script = new Script(env, "status:503", "ok");
      const client = script.client({ maxRetries: 1 });
      const call = client.request("POST", "/x", { json: {} });
      await client.close();
      assertEquals(await call, { status: "success" }, "call in flight");
      const refused = await failure(client.request("POST", "/x"));
      assertEquals(refused.name, "PrefactorClientError", "new call");
      assert(refused.message.includes("client is closed"), refused.message);
      await client.close();
    },
  },
  {
    name: "close({ timeout }) aborts calls still in flight after the timeout",
    async run(env) {
      const script = new Script(env, "hang");
      const client = script.client();
      const calls = [1, 2, 3].map(() => failure(client.request("POST", "/x", { json: {} })));
      await script.hasReceived(3);
      await client.close({ timeout: 30 });
      for (const error of await Promise.all(calls)) {
        assertEquals(error.name, "PrefactorClientError", "name");
        assert(error.message.includes("client was closed while it was in flight"), error.message);
      }
      await script.hasCancelled(3);
    },
  },
  {
    name: "a call leaves no timer, however it ends",
    async run(env) {
      const { signal } = new AbortController();
      const cases: [string, () => Promise<unknown>][] = [
        ["a success", () => new Script(env, "ok").client().request("GET", "/x", { signal })],
        ["an error", () => failure(new Script(env, "status:404").client().request("GET", "/x"))],
        ["a retry", () => new Script(env, "status:503", "ok").client({ maxRetries: 1 }).request("GET", "/x")],
        ["a timeout", () => failure(new Script(env, "hang").client().request("GET", "/x", { timeout: 40 }))],
        ["a dropped connection", () => failure(new Script(env, "cut").client().request("GET", "/x"))],
        ...PHASES.map(([phase, start]): [string, () => Promise<void>] => [`an abort ${phase}`, async () => {
          const controller = new AbortController();
          const { call, cleanUp } = await start(env, controller.signal);
          controller.abort();
          await rejection(call);
          await cleanUp?.();
        }]),
        ["close({ timeout })", async () => {
          const script = new Script(env, "hang");
          const client = script.client();
          const call = failure(client.request("POST", "/x"));
          await script.hasReceived(1);
          await client.close({ timeout: 30 });
          await call;
        }],
      ];
      for (const [ending, run] of cases) {
        const timers = await countPendingTimers(async () => void await run());
        assertEquals(timers, 0, `timers after ${ending}`);
      }
    },
  },
];
