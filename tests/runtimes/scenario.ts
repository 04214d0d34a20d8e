/**
 * Helpers of the scenarios: a client for the scripted server, and assertions that run on every runtime.
 *
 * @module
 */

import { type HttpClientConfig, type JsonObject, PrefactorHttpClient } from "../../mod.ts";

/** The token of the clients. A response of the scripted server can echo it. */
export const TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJydW50aW1lcy8rIn0.none/of+it";

/** The environment of a scenario. */
export interface Env {
  readonly runtime: "deno" | "bun" | "node" | "chromium";
  /** A sandbox, which behaves as the platform does. */
  readonly sandbox: { readonly url: string; readonly token: string };
  /** The origin of the scripted server, see `server.ts`. */
  readonly scripted: string;
  /** An origin that refuses connections. */
  readonly refused: string;
  /** An origin that sends endless chunks after a small `Content-Length`. */
  readonly oversized: string;
}

/** A behaviour that must be the same on every runtime. */
export interface Scenario {
  readonly name: string;
  run(env: Env): Promise<void>;
}

/** A request that the scripted server received. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly authorization: string | null;
  readonly body: string;
  /** When the request arrived, in ms on the server's clock. */
  readonly at: number;
}

/** A list of steps for the scripted server: one for each request of a client, the last one for all further requests. */
export class Script {
  /** The `apiUrl` of the client. */
  readonly url: string;
  readonly #origin: string;
  readonly #id = crypto.randomUUID();

  constructor(env: Env, ...steps: string[]) {
    this.#origin = env.scripted;
    this.url = `${env.scripted}/script/${this.#id}/${steps.join(",")}`;
  }

  /** Creates a client for the script. It retries without delay, and `maxRetries` defaults to 0. */
  client(overrides: Partial<HttpClientConfig> = {}): PrefactorHttpClient {
    return new PrefactorHttpClient({
      apiUrl: this.url,
      apiToken: TOKEN,
      maxRetries: 0,
      initialRetryDelay: 1,
      ...overrides,
    });
  }

  /** Resolves to the requests so far. */
  async received(): Promise<Received[]> {
    return await (await fetch(`${this.#origin}/received/${this.#id}`)).json();
  }

  /** Resolves when the server has received `count` requests. */
  async hasReceived(count: number): Promise<void> {
    await (await fetch(`${this.#origin}/has-received/${this.#id}/${count}`)).text();
  }

  /** Resolves when the client has cancelled `count` responses before their end. */
  async hasCancelled(count: number): Promise<void> {
    await (await fetch(`${this.#origin}/has-cancelled/${this.#id}/${count}`)).text();
  }
}

/** Throws if the condition is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws if the values differ as JSON. The message begins with the name of the value. */
export function assertEquals(actual: unknown, expected: unknown, name: string): void {
  const [actualJson, expectedJson] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (actualJson !== expectedJson) throw new Error(`${name}: expected ${expectedJson}, got ${actualJson}`);
}

/** Resolves to the reason that the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, got ${JSON.stringify(value).slice(0, 200)}`);
}

/** Resolves to the error that the promise rejects with, with its fields readable as data. */
export async function failure(promise: Promise<unknown>): Promise<Error & JsonObject> {
  const error = await rejection(promise);
  if (error instanceof Error) return error as Error & JsonObject;
  throw new Error(`Expected an Error, got ${String(error)}`);
}

/** Creates a promise and the function that resolves it. Node 20 has no `Promise.withResolvers()`. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** Waits for one turn of the event loop. */
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
