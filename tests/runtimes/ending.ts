/**
 * Scenarios of calls that end early, clients that close, and what is left behind.
 *
 * @module
 */

import {
  countPendingTimers,
  deferred,
  type Env,
  equal,
  failure,
  hold,
  rejection,
  type Scenario,
  Script,
  turn,
} from "./scenario.ts";

/** A call that a test can abort. */
interface Running {
  readonly call: Promise<unknown>;
  /** Where the server has to notice. */
  readonly noticedBy?: Script;
  /** Ends what else was started. */
  end?(): Promise<void>;
}

const PHASES: readonly [string, (env: Env, signal: AbortSignal) => Promise<Running>][] = [
  ["in the line before the limit", inLine],
  ["before the headers", beforeHeaders],
  ["in the body", inBody],
  ["while it waits for a retry", (env, signal) => failedOnce(new Script(env, "status:503"), signal)],
  [
    "while it waits as the server asked",
    (env, signal) => failedOnce(new Script(env, "status:503:retry-after:30"), signal),
  ],
];

const REASONS: readonly unknown[] = [new Error("Enough"), "a string", 0, null, { any: "thing" }, undefined];

async function inLine(env: Env, signal: AbortSignal): Promise<Running> {
  const script = new Script(env, "hang");
  const client = script.client({ maxConcurrency: 1 });
  const first = client.request("POST", "/first", { json: {} });
  first.catch(() => {});
  await script.has(1);
  const call = client.request("POST", "/x", { signal, json: {} });
  return { call, end: () => client.close({ timeout: 0 }) };
}

async function beforeHeaders(env: Env, signal: AbortSignal): Promise<Running> {
  const noticedBy = new Script(env, "hang");
  const call = noticedBy.client().request("POST", "/x", { signal, json: {} });
  await noticedBy.has(1);
  return { call, noticedBy };
}

async function inBody(env: Env, signal: AbortSignal): Promise<Running> {
  const noticedBy = new Script(env, "stall");
  const headers = deferred();
  const client = noticedBy.client({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      headers.resolve();
      return response;
    },
  });
  const call = client.request("POST", "/x", { signal, json: {} });
  await headers.promise;
  await turn();
  return { call, noticedBy };
}

async function failedOnce(script: Script, signal: AbortSignal): Promise<Running> {
  const answered = deferred();
  const hooks = { onResponse: () => answered.resolve() };
  const client = script.client({ initialRetryDelay: 30_000, maxRetries: 1, hooks });
  const call = client.request("POST", "/x", { signal, json: {} });
  await answered.promise;
  await turn();
  return { call };
}

interface Process {
  on(event: "warning", listener: (warning: Error) => void): void;
  off(event: "warning", listener: (warning: Error) => void): void;
}

/** The warnings that Node and whoever is like it give while the function runs. */
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
    name: `an abort ${phase} rejects with its reason, unwrapped`,
    async run(env) {
      for (const reason of REASONS) {
        const controller = new AbortController();
        const running = await start(env, controller.signal);
        controller.abort(reason);
        hold(
          Object.is(await rejection(running.call), controller.signal.reason),
          `the reason is ${String(reason)}`,
        );
        await running.noticedBy?.hasLost(1);
        await running.end?.();
      }
    },
  })),
  {
    name: "a signal that is aborted already sends nothing",
    async run(env) {
      const script = new Script(env, "ok");
      const reason = new Error("Before");
      const signal = AbortSignal.abort(reason);
      hold(await rejection(script.client().request("POST", "/x", { signal })) === reason, "the reason");
      equal((await script.received()).length, 0, "requests");
    },
  },
  {
    name: "AbortSignal.timeout() rejects with its TimeoutError",
    async run(env) {
      const signal = AbortSignal.timeout(50);
      const error = await rejection(new Script(env, "hang").client().request("POST", "/x", { signal }));
      hold(error === signal.reason && error instanceof DOMException, String(error));
      equal(error.name, "TimeoutError", "name");
    },
  },
  {
    name: "one signal serves many calls without a warning",
    async run(env) {
      const warnings = await warningsOf(async () => {
        const client = new Script(env, "ok").client();
        const { signal } = new AbortController();
        for (let round = 0; round < 4; round++) {
          await Promise.all(Array.from({ length: 50 }, () => client.request("GET", "/x", { signal })));
        }
      });
      equal(warnings, [], "warnings");
    },
  },
  {
    name: "close() waits for what is in flight and refuses what comes after",
    async run(env) {
      const script = new Script(env, "status:503", "ok");
      const client = script.client({ maxRetries: 1 });
      const call = client.request("POST", "/x", { json: {} });
      await client.close();
      equal(await call, { status: "success" }, "what was in flight");
      const refused = await failure(client.request("POST", "/x"));
      equal(refused.name, "PrefactorClientError", "what comes after");
      hold(refused.message.includes("client is closed"), refused.message);
      await client.close();
    },
  },
  {
    name: "close({ timeout }) aborts what is in flight then",
    async run(env) {
      const script = new Script(env, "hang");
      const client = script.client();
      const calls = [1, 2, 3].map(() => failure(client.request("POST", "/x", { json: {} })));
      await script.has(3);
      await client.close({ timeout: 30 });
      for (const error of await Promise.all(calls)) {
        equal(error.name, "PrefactorClientError", "name");
        hold(error.message.includes("client was closed while it was in flight"), error.message);
      }
      await script.hasLost(3);
    },
  },
  {
    name: "no timer is left, however a call ends",
    async run(env) {
      const { signal } = new AbortController();
      const cases: [string, () => Promise<unknown>][] = [
        ["a success", () => new Script(env, "ok").client().request("GET", "/x", { signal })],
        ["an error", () => failure(new Script(env, "status:404").client().request("GET", "/x"))],
        ["a retry", () => new Script(env, "status:503", "ok").client({ maxRetries: 1 }).request("GET", "/x")],
        ["a timeout", () => failure(new Script(env, "hang").client().request("GET", "/x", { timeout: 40 }))],
        ["a cut", () => failure(new Script(env, "cut").client().request("GET", "/x"))],
        ...PHASES.map(([phase, start]): [string, () => Promise<void>] => [`an abort ${phase}`, async () => {
          const controller = new AbortController();
          const running = await start(env, controller.signal);
          controller.abort();
          await rejection(running.call);
          await running.end?.();
        }]),
        ["close({ timeout })", async () => {
          const script = new Script(env, "hang");
          const client = script.client();
          const call = failure(client.request("POST", "/x"));
          await script.has(1);
          await client.close({ timeout: 30 });
          await call;
        }],
      ];
      for (const [what, run] of cases) {
        const left = await countPendingTimers(async () => void await run());
        equal(left, 0, `timers after ${what}`);
      }
    },
  },
];
