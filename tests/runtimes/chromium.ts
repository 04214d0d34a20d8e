/**
 * Runs the suite in a page, in headless Chromium.
 *
 * The page and the servers have different origins, so that every request is subject to CORS.
 *
 * @module
 */

import { startServers } from "./environment.ts";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How long the page may take for all scenarios, in ms. */
const MAX_RUN_MS = 60_000;

/** Returns the path of Chromium, or `undefined` if it is not installed. */
export function findChromium(): string | undefined {
  return PROGRAMS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Opens a page that runs the bundle. Resolves to one line for each scenario. */
export async function runInChromium(program: string, bundlePath: string): Promise<string[]> {
  await using servers = await startServers("chromium");
  const bundle = await Deno.readTextFile(bundlePath);
  const lines: string[] = [];
  const done = Promise.withResolvers<void>();
  await using page = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    switch (new URL(request.url).pathname) {
      case "/":
        return new Response(pageOf(servers.env), { headers: { "content-type": "text/html; charset=utf-8" } });
      case "/suite.mjs":
        return new Response(bundle, { headers: { "content-type": "text/javascript; charset=utf-8" } });
      case "/report": {
        const line = await request.text();
        console.log(`chromium: ${line}`);
        if (line.startsWith("done")) done.resolve();
        else lines.push(line);
        return new Response();
      }
      default:
        return new Response(null, { status: 404 });
    }
  });
  await browse(program, `http://127.0.0.1:${page.addr.port}/`, done.promise);
  return lines;
}

function pageOf(env: unknown): string {
  const json = JSON.stringify(env).replaceAll("<", "\\u003c");
  return `<!doctype html><meta charset="utf-8"><script>var RUNTIMES_ENV = ${json};</script>` +
    `<script type="module" src="/suite.mjs"></script>`;
}

/** Opens the page in Chromium and keeps it open until `done` resolves. */
async function browse(program: string, url: string, done: Promise<void>): Promise<void> {
  const profile = await Deno.makeTempDir({ prefix: "prefactor-http-chromium-" });
  const child = new Deno.Command(program, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${profile}`,
      url,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const timedOut = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`took more than ${MAX_RUN_MS} ms`), MAX_RUN_MS);
    });
    const exited = child.status.then(({ code }) => `exited early with code ${code}`);
    const problem = await Promise.race([done, timedOut, exited]);
    kill(child);
    await child.status;
    const output = await stderr;
    if (problem) throw new Error(`Chromium ${problem}: ${output.slice(-2_000)}`);
  } finally {
    clearTimeout(timer);
    await Deno.remove(profile, { recursive: true });
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // the process has exited
  }
}
