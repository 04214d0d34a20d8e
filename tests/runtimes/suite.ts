/**
 * All scenarios, and a runner for them that needs no API of a single runtime.
 *
 * @module
 */

import { ENDING } from "./ending.ts";
import { FAILING } from "./failing.ts";
import { HOSTILE } from "./hostile.ts";
import { RECORDING } from "./recording.ts";
import type { Env, Scenario } from "./scenario.ts";

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [...RECORDING, ...FAILING, ...ENDING, ...HOSTILE];

/**
 * Runs the scenarios one after the other. Reports one line for each scenario and for each unhandled rejection, and
 * resolves to the number of failures.
 */
export async function runAll(env: Env, report: (line: string) => unknown): Promise<number> {
  let failures = 0;
  onUnhandledRejection((reason) => {
    failures++;
    report(`not ok - unhandled rejection: ${String(reason)}`);
  });
  for (const { name, run } of SCENARIOS) {
    try {
      await run(env);
      await report(`ok - ${name}`);
    } catch (error) {
      failures++;
      await report(`not ok - ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await report(`done - ${failures} failed`);
  return failures;
}

function onUnhandledRejection(listener: (reason: unknown) => void): void {
  interface Process {
    on?(event: "unhandledRejection", listener: (reason: unknown) => void): void;
  }
  const { process } = globalThis as { process?: Process };
  if (process?.on) process.on("unhandledRejection", listener);
  else addEventListener("unhandledrejection", ({ reason }) => listener(reason));
}
