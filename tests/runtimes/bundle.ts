/**
 * Bundles the suite and runs the bundle on a runtime.
 *
 * @module
 */

import { linesOf } from "../../tools/lines.ts";
import { startServers } from "./environment.ts";
import type { Env } from "./scenario.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** How long a process may take to exit, in ms. A pending timer or an open connection would take longer. */
const MAX_EXIT_MS = 3_000;

/** The suite in one file. The file is removed on dispose. */
export interface Bundle extends Disposable {
  readonly path: string;
}

/** Bundles the suite. */
export async function bundle(): Promise<Bundle> {
  const folder = await Deno.makeTempDir({ prefix: "prefactor-http-" });
  const path = `${folder}/suite.mjs`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [
      ...["run", "-A", "tools/with_std.ts", "bundle", "--quiet"],
      ...["--platform", "browser", "--output", path, "tests/runtimes/main.ts"],
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle the suite: ${new TextDecoder().decode(stderr)}`);
  return { path, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

/** The output of a run of the suite. */
export interface Report {
  /** One line for each scenario: `ok - name`, or `not ok - name: message`. */
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly code: number;
}

/** Runs the bundle with a command, such as `["node"]`. Throws if the process does not exit by itself. */
export async function runBundle(path: string, runtime: Env["runtime"], command: string[]): Promise<Report> {
  await using servers = await startServers(runtime);
  const [program, ...args] = command;
  const child = new Deno.Command(program!, {
    args: [...args, path],
    cwd: path.slice(0, path.lastIndexOf("/")),
    env: { ...servers.variables, RUNTIMES_ENV: JSON.stringify(servers.env) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const stderr = new Response(child.stderr).text();
  let doneAt = Infinity;
  for await (const line of linesOf(child.stdout)) {
    console.log(`${runtime}: ${line}`);
    if (line.startsWith("done")) {
      doneAt = performance.now();
      break;
    }
    lines.push(line);
  }
  let isKilled = false;
  const timer = setTimeout(() => {
    isKilled = true;
    child.kill("SIGKILL");
  }, MAX_EXIT_MS);
  const { code } = await child.status;
  clearTimeout(timer);
  if (isKilled) throw new Error(`${runtime} did not exit within ${MAX_EXIT_MS} ms of the last scenario`);
  if (doneAt === Infinity) throw new Error(`${runtime} exited before the last scenario: ${await stderr}`);
  console.log(`${runtime}: exited ${Math.round(performance.now() - doneAt)} ms after the last scenario`);
  return { lines, stderr: await stderr, code };
}
