/**
 * A local Prefactor API for developing clients in any language. It runs on Deno, Node 20.16 or later, and Bun.
 *
 * ```sh
 * deno run --allow-net jsr:@prefactor/http/sandbox --port 8787 --faults 0.2
 * ```
 *
 * Open its URL in a browser for a page that shows the runs while they are recorded.
 *
 * It prints its URL and the two environment variables that the SDKs read, and then one line for each request. Ctrl+C
 * stops it and prints a summary. Records are kept only in memory. The exit code is 2 if a flag is invalid, and 1 if the
 * server cannot listen.
 *
 * - `--port`: the port, or 0 for any free port. Defaults to 8787.
 * - `--hostname`: the address to listen on. Defaults to 127.0.0.1.
 * - `--token`: the initial token. Defaults to a random one.
 * - `--faults`: the fraction of requests with a random fault, from 0 to 1. Defaults to 0.
 * - `--fault-kinds`: the kinds of these faults, such as `cut,status`. Defaults to those from which a client recovers
 *   with a retry: `refuse,lose,cut,delay,status`.
 * - `--seed`: the seed of the random faults. Defaults to 1.
 * - `--max-records`, `--max-bytes`: the limits of the sandbox, see `SandboxOptions`.
 * - `--help`: prints a list of the flags.
 *
 * Web pages can use the API if they have the token and their origin is a loopback host, such as `http://localhost:3000`.
 * Programs can serve their own sandbox with `Deno.serve(sandbox.fetch)`.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { TRANSIENT_FAULT_KINDS } from "./fault.ts";
import { listen } from "./http_server.ts";
import { SandboxPage } from "./page/page.ts";
import { describeRequest } from "./request_log.ts";
import { PrefactorSandbox } from "./sandbox.ts";
import { HELP, parseFlags, type SandboxServerOptions } from "./server_options.ts";

export type { SandboxServerOptions } from "./server_options.ts";

/** A sandbox that listens for HTTP requests. */
export interface SandboxServer {
  /** The URL, such as `"http://127.0.0.1:8787"`. */
  readonly url: string;
  /** The initial token. */
  readonly token: string;
  /** The sandbox that it serves, with its records, its faults and `terminate`. */
  readonly sandbox: PrefactorSandbox;
  /** Drops all connections and stops the server. */
  close(): Promise<void>;
}

/**
 * Serves a new sandbox over HTTP. Needs `--allow-net` on Deno.
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
  const { port = 0, hostname = "127.0.0.1", faults = 0, faultKinds = TRANSIENT_FAULT_KINDS, seed = 1 } =
    options;
  const checker = new ArgumentChecker("start the sandbox");
  const isPort = Number.isInteger(port) && port >= 0 && port < 2 ** 16;
  checker.check("port", isPort, "an integer from 0 to 65535", port);
  const authority = hostname.includes(":") ? `[${hostname}]` : hostname;
  checker.check("hostname", URL.canParse(`http://${authority}`), "a host name or an IP address", hostname);
  checker.check("faults", faults >= 0 && faults <= 1, "a number from 0 to 1", faults);
  const sandbox = new PrefactorSandbox(options);
  sandbox.faults.random({ rate: faults, seed, kinds: faultKinds });
  const page = new SandboxPage(sandbox);
  const server = await listen(async (request, info) => {
    if (isForPage(request)) {
      if (hasHost(request, authority)) return await page.handle(request, info.signal);
      return new Response("The page is only served for loopback hosts and the host of --hostname", {
        status: 403,
      });
    }
    return allowLoopbackOrigin(
      request,
      isPreflight(request) ? new Response(null, { status: 204 }) : await sandbox.fetch(request, info),
    );
  }, { hostname, port });
  // Clients accept http: only for loopback hosts, which a wildcard address includes.
  const host = ["0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : authority;
  return {
    url: `http://${host}:${server.port}`,
    token: sandbox.config().apiToken,
    sandbox,
    close: () => server.close(),
  };
}

/** Returns whether the request is for the page, which needs no token. */
function isForPage({ url }: Request): boolean {
  const { pathname } = new URL(url);
  return pathname === "/" || pathname.startsWith("/_sandbox/");
}

/**
 * Returns whether the request's host is a loopback host or that of `authority`. Otherwise, a website could use DNS
 * rebinding.
 */
function hasHost({ headers }: Request, authority: string): boolean {
  const url = `http://${headers.get("host")}`;
  return isLoopback(url) ||
    URL.canParse(url) && new URL(url).hostname === new URL(`http://${authority}`).hostname;
}

function isLoopback(url: string): boolean {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return false;
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

/** Allows pages of loopback hosts to use the API. */
function allowLoopbackOrigin(request: Request, response: Response): Response {
  const { headers } = response;
  headers.set("vary", "origin");
  const origin = request.headers.get("origin") ?? "";
  if (!isLoopback(origin)) return response;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", "retry-after, x-request-id");
  if (isPreflight(request)) {
    headers.set("access-control-allow-methods", "GET, POST, PUT, DELETE");
    headers.set("access-control-allow-headers", request.headers.get("access-control-request-headers") ?? "");
  }
  return response;
}

async function main(): Promise<void> {
  const { process } = globalThis;
  const options = parseFlags(process.argv.slice(2));
  if (!options) return console.log(HELP);
  const useColour = usesColour();
  const counts = { requests: 0, faults: 0, errors: 0 };
  const server = await serveSandbox({
    ...options,
    onRequest(request) {
      counts.requests++;
      if (request.fault) counts.faults++;
      else if (request.status !== 200) counts.errors++;
      console.log(describeRequest(request, useColour));
    },
  });
  const interrupted = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  console.log(`Prefactor sandbox on ${server.url}, Ctrl+C to stop`);
  console.log(`PREFACTOR_API_URL=${server.url}`);
  console.log(`PREFACTOR_API_TOKEN=${server.token}`);
  console.log("export PREFACTOR_API_URL PREFACTOR_API_TOKEN\n");

  await interrupted;
  await server.close();
  const { requests, faults, errors } = counts;
  const lineStart = process.stdout.isTTY ? "\r" : ""; // overwrites the ^C of the terminal
  console.log(`${lineStart}Requests: ${requests}, faults: ${faults}, errors: ${errors}`);
}

/**
 * Returns whether the output is a terminal with colours. On Deno, reading `NO_COLOR` directly would need a permission.
 */
function usesColour(): boolean {
  const { process } = globalThis;
  const noColour = "Deno" in globalThis ? Deno.noColor : Boolean(process.env["NO_COLOR"]);
  return process.stdout.isTTY && !noColour;
}

/** Returns whether this module is the main program. Node 20 has no `import.meta.main`. */
function isMain(): boolean {
  if (import.meta.main !== undefined) return import.meta.main;
  const program = globalThis.process?.argv?.[1];
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  const isFile = fs !== undefined && program !== undefined && fs.existsSync(program);
  return isFile && import.meta.filename === fs.realpathSync(program);
}

if (isMain()) {
  try {
    await main();
  } catch (error) {
    const { name, message } = error as Error;
    console.error(`${message}\nUsage: sandbox [flags], see --help`);
    globalThis.process.exitCode = name === "PrefactorClientError" ? 2 : 1;
  }
}
