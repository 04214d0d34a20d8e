/**
 * A Prefactor API to develop against, with a client in any language.
 *
 * ```sh
 * deno run --allow-net --allow-env jsr:@prefactor/http/sandbox --port 8787 --faults 0.2
 * ```
 *
 * It prints its URL and the two environment variables that the SDKs read, then a line for each request; Ctrl+C ends it
 * with a summary. What it holds is gone then.
 *
 * - `--port`: the port; 8787 unless given, 0 for any that is free.
 * - `--token`: the only token that it takes; one that looks like a token and is none, unless given.
 * - `--faults`: the share of requests that go wrong, from 0 to 1; 0 unless given.
 * - `--seed`: where the random numbers start that pick them; 1 unless given.
 *
 * It listens on the loopback interface only, and lets pages of any origin in. A program serves a sandbox of its own with
 * `Deno.serve(sandbox.fetch)`.
 *
 * @module
 */

import { PrefactorSandbox } from "./sandbox.ts";
import type { SandboxRequest } from "./request_log.ts";

/** How {@linkcode serveSandbox} serves. */
export interface SandboxServerOptions {
  /** The port; 0, for any that is free, unless given. */
  port?: number;
  /** The only token that it takes; one that looks like a token and is none, unless given. */
  token?: string;
  /** The share of requests that go wrong, from 0 to 1; 0 unless given. */
  faults?: number;
  /** Where the random numbers start that pick them; 1 unless given. */
  seed?: number;
  /** Called with each request when it is known what became of it. */
  onRequest?: (request: SandboxRequest) => void;
}

/** A sandbox that listens on the loopback interface. */
export interface SandboxServer {
  /** Where it listens, such as `"http://127.0.0.1:8787"`. */
  readonly url: string;
  /** The token that it takes. */
  readonly token: string;
  /** Drops all connections and resolves when nothing is left of it. */
  close(): Promise<void>;
}

/**
 * Serves a new sandbox on the loopback interface. Needs `--allow-net`.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { serveSandbox } from "@prefactor/http/sandbox";
 *
 * const server = serveSandbox();
 * const client = new PrefactorHttpClient({ apiUrl: server.url, apiToken: server.token });
 * await client.request("GET", "/api/v1/ping");
 * await client.close();
 * await server.close();
 * ```
 *
 * @throws {RangeError} If `faults` is not from 0 to 1.
 * @throws {Deno.errors.AddrInUse} If something else listens on the port.
 */
export function serveSandbox(options: SandboxServerOptions = {}): SandboxServer {
  const { port = 0, token, faults = 0, seed = 1, onRequest } = options;
  const sandbox = new PrefactorSandbox({ ...(token && { token }), ...(onRequest && { onRequest }) });
  sandbox.faults.random({ rate: faults, seed });
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    signal: closing.signal,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request, info) => allowAnyOrigin(request, await answer(sandbox, request, info)));
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token: sandbox.config().apiToken,
    async close() {
      closing.abort();
      await server.finished;
    },
  };
}

async function answer(
  sandbox: PrefactorSandbox,
  request: Request,
  info: Deno.ServeHandlerInfo,
): Promise<Response> {
  const isPreflight = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
  return isPreflight ? new Response(null, { status: 204 }) : await sandbox.fetch(request, info);
}

function allowAnyOrigin({ headers }: Request, response: Response): Response {
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set("access-control-expose-headers", "retry-after, x-request-id");
  const asked = headers.get("access-control-request-headers");
  if (asked !== null) {
    response.headers.set("access-control-allow-headers", asked);
    response.headers.set("access-control-allow-methods", "GET, POST");
  }
  return response;
}

const USAGE = "Usage: sandbox [--port <number>] [--token <text>] [--faults <rate>] [--seed <number>]";

function parseOptions(args: readonly string[]): SandboxServerOptions {
  const options: SandboxServerOptions = { port: 8787 };
  const rest = args.flatMap((arg) =>
    /^--\w+=/.test(arg) ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] : arg
  );
  for (let [name, value] = rest.splice(0, 2); name !== undefined; [name, value] = rest.splice(0, 2)) {
    if (value === undefined || value === "") throw new Error(`Cannot read the options: ${name} has no value`);
    switch (name) {
      case "--token":
        options.token = value;
        break;
      case "--port":
      case "--faults":
      case "--seed": {
        const number = Number(value);
        if (Number.isNaN(number)) {
          throw new Error(`Cannot read the options: ${name} must be a number: current value is "${value}"`);
        }
        options[name.slice(2) as "port" | "faults" | "seed"] = number;
        break;
      }
      default:
        throw new Error(`Cannot read the options: there is no ${name}`);
    }
  }
  return options;
}

function lineOf({ method, path, query, status, fault }: SandboxRequest): string {
  return [method, path + query, status ?? "unanswered", ...(fault ? [`(${fault})`] : [])].join(" ");
}

async function main(): Promise<void> {
  const counts = { requests: 0, faults: 0, failures: 0 };
  const server = serveSandbox({
    ...parseOptions(Deno.args),
    onRequest(request) {
      counts.requests++;
      if (request.fault) counts.faults++;
      else if (request.status !== 200) counts.failures++;
      console.log(lineOf(request));
    },
  });
  console.log(`Prefactor sandbox on ${server.url}, until Ctrl+C`);
  console.log(`PREFACTOR_API_URL=${server.url}`);
  console.log(`PREFACTOR_API_TOKEN=${server.token}`);

  await interrupted();
  await server.close();
  const { requests, faults, failures } = counts;
  console.log(`${requests} requests, of which ${faults} met a fault and ${failures} were refused`);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    function onSignal(): void {
      Deno.removeSignalListener("SIGINT", onSignal);
      resolve();
    }
    Deno.addSignalListener("SIGINT", onSignal);
  });
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(USAGE);
    Deno.exitCode = 2;
  }
}
