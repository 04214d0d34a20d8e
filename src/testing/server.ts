/**
 * A Prefactor API to develop against, for clients in any language. It runs on Deno, on Node 20.16 and later, and on Bun.
 *
 * ```sh
 * deno run --allow-net jsr:@prefactor/http/sandbox --port 8787 --faults 0.2
 * ```
 *
 * It prints its URL and the two environment variables that the SDKs read, then a line for each request. Ctrl+C stops it
 * and prints a summary. The records are in memory only.
 *
 * - `--port`: the port, 0 for any free port. Defaults to 8787.
 * - `--token`: the only valid token.
 * - `--faults`: the share of requests that meet a fault, from 0 to 1. Defaults to 0.
 * - `--seed`: the seed of the random faults. Defaults to 1.
 *
 * It listens on the loopback interface only. A program can serve a sandbox of its own with `Deno.serve(sandbox.fetch)`.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { type HandlerInfo, listen } from "./http_server.ts";
import type { SandboxRequest } from "./request_log.ts";
import { PrefactorSandbox, type SandboxOptions } from "./sandbox.ts";

/** Options of {@linkcode serveSandbox}. */
export interface SandboxServerOptions extends SandboxOptions {
  /** The port. Defaults to 0, which means any free port. */
  port?: number;
  /** The share of requests that meet a random fault, from 0 to 1. Defaults to 0. */
  faults?: number;
  /** The seed of the random faults. Defaults to 1. */
  seed?: number;
}

/** A sandbox that listens on the loopback interface. */
export interface SandboxServer {
  /** The URL, such as `"http://127.0.0.1:8787"`. */
  readonly url: string;
  /** The valid token. */
  readonly token: string;
  /** Drops all connections and stops the server. */
  close(): Promise<void>;
}

/**
 * Serves a new sandbox on the loopback interface. Needs `--allow-net` on Deno.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { serveSandbox } from "@prefactor/http/sandbox";
 *
 * const server = await serveSandbox();
 * const client = new PrefactorHttpClient({ apiUrl: server.url, apiToken: server.token });
 * await client.request("GET", "/api/v1/ping");
 * await client.close();
 * await server.close();
 * ```
 *
 * @throws {PrefactorClientError} If an option is invalid.
 * @throws {Error} If the port is in use.
 */
export async function serveSandbox(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const { port = 0, faults = 0, seed = 1 } = options;
  const checker = new ArgumentChecker("start the sandbox");
  const isPort = Number.isInteger(port) && port >= 0 && port < 2 ** 16;
  checker.check("port", isPort, "an integer from 0 to 65535", port);
  checker.check("faults", faults >= 0 && faults <= 1, "a number from 0 to 1", faults);
  const sandbox = new PrefactorSandbox(options);
  sandbox.faults.random({ rate: faults, seed });
  const server = await listen(
    async (request, info) => allowAnyOrigin(request, await answer(sandbox, request, info)),
    { hostname: "127.0.0.1", port },
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    token: sandbox.config().apiToken,
    close: () => server.close(),
  };
}

async function answer(sandbox: PrefactorSandbox, request: Request, info: HandlerInfo): Promise<Response> {
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

/** The flags of the command, with the options that they set. */
const FLAGS: ReadonlyMap<string, { option: keyof SandboxServerOptions; isNumber: boolean }> = new Map([
  ["--port", { option: "port", isNumber: true }],
  ["--token", { option: "token", isNumber: false }],
  ["--faults", { option: "faults", isNumber: true }],
  ["--seed", { option: "seed", isNumber: true }],
]);

function parseFlags(args: readonly string[]): SandboxServerOptions {
  const checker: ArgumentChecker = new ArgumentChecker("start the sandbox");
  const words = args.flatMap((arg) =>
    /^--[\w-]+=/.test(arg) ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] : arg
  );
  const options: [string, unknown][] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [name, text] = [words[index]!, words[index + 1]];
    const flag = FLAGS.get(name);
    if (!flag) checker.fail("flag", `one of ${[...FLAGS.keys()].join(", ")}`, name);
    if (!text) checker.fail(name, "a non-empty value", text);
    const value = flag.isNumber ? Number(text) : text;
    checker.check(name, !Number.isNaN(value), "a number", text);
    options.push([flag.option, value]);
  }
  return { port: 8787, ...Object.fromEntries(options) };
}

function lineOf({ method, path, query, status, fault }: SandboxRequest): string {
  return [method, path + query, status ?? "no response", ...(fault ? [`(${fault})`] : [])].join(" ");
}

async function main(): Promise<void> {
  const { process } = globalThis;
  const counts = { requests: 0, faults: 0, errors: 0 };
  const server = await serveSandbox({
    ...parseFlags(process.argv.slice(2)),
    onRequest(request) {
      counts.requests++;
      if (request.fault) counts.faults++;
      else if (request.status !== 200) counts.errors++;
      console.log(lineOf(request));
    },
  });
  console.log(`Prefactor sandbox on ${server.url}, Ctrl+C to stop`);
  console.log(`PREFACTOR_API_URL=${server.url}`);
  console.log(`PREFACTOR_API_TOKEN=${server.token}`);

  await new Promise((resolve) => process.once("SIGINT", resolve));
  await server.close();
  const { requests, faults, errors } = counts;
  console.log(`${requests} requests, ${faults} with a fault, ${errors} with an error`);
}

/** Whether this module is the program. Node 20 has no `import.meta.main`. */
function isMain(): boolean {
  if (import.meta.main !== undefined) return import.meta.main;
  const program = globalThis.process?.argv[1];
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  return program !== undefined && import.meta.filename === fs?.realpathSync(program);
}

if (isMain()) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    const flags = Array.from(FLAGS, ([name, { isNumber }]) => `[${name} <${isNumber ? "number" : "text"}>]`);
    console.error(`Usage: sandbox ${flags.join(" ")}`);
    globalThis.process.exitCode = 2;
  }
}
