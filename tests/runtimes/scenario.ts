/**
 * What the scenarios share: where the servers are, a client of theirs, and checks that need no runtime's own API.
 *
 * @module
 */

import { type HttpClientConfig, type JsonObject, PrefactorHttpClient } from "../../mod.ts";

/** A token that an answer can echo. */
export const TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJydW50aW1lcy8rIn0.none/of+it";

/** Where a scenario runs, and what is there for it. */
export interface Env {
  readonly runtime: "deno" | "bun" | "node" | "chromium";
  /** A sandbox that answers as the platform does. */
  readonly sandbox: { readonly url: string; readonly token: string };
  /** A server that does what the path says; see `server.ts`. */
  readonly scripted: string;
  /** An origin where nothing listens. */
  readonly refused: string;
}

/** A behaviour that has to be the same on every runtime. */
export interface Scenario {
  readonly name: string;
  run(env: Env): Promise<void>;
}

/** A request as the scripted server saw it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly authorization: string | null;
  readonly body: string;
  /** When it came, in ms, by the server's clock. */
  readonly at: number;
}

/** What the scripted server is to do with the requests of one client, one step a request, the last for the rest. */
export class Script {
  /** The `apiUrl` of the client. */
  readonly url: string;
  readonly #origin: string;
  readonly #id = crypto.randomUUID();

  constructor(env: Env, ...steps: string[]) {
    this.#origin = env.scripted;
    this.url = `${env.scripted}/script/${this.#id}/${steps.join(",")}`;
  }

  /** A client of the script that retries without delay and gives up after `maxRetries`, 0 unless given. */
  client(overrides: Partial<HttpClientConfig> = {}): PrefactorHttpClient {
    return new PrefactorHttpClient({
      apiUrl: this.url,
      apiToken: TOKEN,
      maxRetries: 0,
      initialRetryDelay: 1,
      ...overrides,
    });
  }

  /** What came in so far. */
  async received(): Promise<Received[]> {
    return await (await fetch(`${this.#origin}/received/${this.#id}`)).json();
  }

  /** Resolves when the server has so many requests. */
  async has(count: number): Promise<void> {
    await (await fetch(`${this.#origin}/has/${this.#id}/${count}`)).text();
  }

  /** Resolves when the server knows that the client has let go of so many answers before their end. */
  async hasLost(count: number): Promise<void> {
    await (await fetch(`${this.#origin}/lost/${this.#id}/${count}`)).text();
  }
}

/** Fails unless the condition holds. */
export function hold(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(`Does not hold: ${otherwise}`);
}

/** Fails unless both are the same as JSON. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, got ${found}`);
}

/** What the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, got ${JSON.stringify(value).slice(0, 200)}`);
}

/** The error that the promise rejects with, its fields as data. */
export async function failure(promise: Promise<unknown>): Promise<Error & JsonObject> {
  const error = await rejection(promise);
  if (error instanceof Error) return error as Error & JsonObject;
  throw new Error(`Expected an Error, got ${String(error)}`);
}

/** A promise, and what resolves it; Node 20 has no `Promise.withResolvers`. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** Lets everything run that is ready. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Counts the timers that the function sets and that are neither cleared nor fired when it returns. Timers that do
 * not keep the process alive do not count: Node's `fetch` sets some for idle connections.
 */
export async function countPendingTimers(run: () => Promise<void>): Promise<number> {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  // By number: a timer of Node is an object, and clearTimeout() takes the number that it converts to as well.
  const pending = new Map<number, { hasRef?(): boolean }>();
  const globals = globalThis as { setTimeout: unknown; clearTimeout: unknown };
  globals.setTimeout = (callback: () => void, delay?: number) => {
    const timer = set(() => {
      pending.delete(Number(timer));
      callback();
    }, delay);
    pending.set(Number(timer), timer as { hasRef?(): boolean });
    return timer;
  };
  globals.clearTimeout = (timer: number) => {
    pending.delete(Number(timer));
    clear(timer);
  };
  try {
    await run();
    await turn();
    return [...pending.values()].filter((timer) => timer.hasRef?.() !== false).length;
  } finally {
    Object.assign(globals, { setTimeout: set, clearTimeout: clear });
  }
}
