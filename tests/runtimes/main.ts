/**
 * The suite as a program, to be bundled for other runtimes.
 *
 * It takes its `Env` from the variable `RUNTIMES_ENV`, or in a page from a global of that name. It never exits by
 * itself, so that whatever a client leaves behind keeps the process up.
 *
 * @module
 */

import type { Env } from "./scenario.ts";
import { runAll } from "./suite.ts";

interface Host {
  RUNTIMES_ENV?: Env;
  process?: { env: Record<string, string | undefined>; exitCode?: unknown };
}

const { RUNTIMES_ENV, process } = globalThis as Host;

if (RUNTIMES_ENV) {
  await runAll(RUNTIMES_ENV, (line) => fetch("/told", { method: "POST", body: line }));
} else if (process) {
  const failures = await runAll(JSON.parse(process.env["RUNTIMES_ENV"]!), (line) => console.log(line));
  if (failures > 0) process.exitCode = 1;
}
