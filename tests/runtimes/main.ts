/**
 * The suite as a program that is bundled for every runtime.
 *
 * It reads its `Env` from the environment variable `RUNTIMES_ENV`, or in a page from the global of that name. It does
 * not call `exit()`, so that a timer or connection that a client leaves open keeps the process alive.
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
  await runAll(RUNTIMES_ENV, (line) => fetch("/report", { method: "POST", body: line }));
} else if (process) {
  const failures = await runAll(JSON.parse(process.env["RUNTIMES_ENV"]!), (line) => console.log(line));
  if (failures > 0) process.exitCode = 1;
}
