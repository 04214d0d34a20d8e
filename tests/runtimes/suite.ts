/**
 * All scenarios, and how they are run one after the other. Nothing here needs an API of a single runtime.
 *
 * @module
 */

import { ENDING } from "./ending.ts";
import { FAILING } from "./failing.ts";
import { RECORDING } from "./recording.ts";
import type { Env, Scenario } from "./scenario.ts";

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [...RECORDING, ...FAILING, ...ENDING];

/**
 * Runs the scenarios and tells of each in a line, and of rejections that nobody handled; resolves with the number
 * of what failed.
 */
export async function runAll(env: Env, tell: (line: string) => unknown): Promise<number> {
  let failures = 0;
  onUnhandledRejection((reason) => {
    failures++;
    tell(`not ok - unhandled rejection: ${String(reason)}`);
  });
  for (const { name, run } of SCENARIOS) {
    try {
      await run(env);
      await tell(`ok - ${name}`);
    } catch (error) {
      failures++;
      await tell(`not ok - ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await tell(`done - ${failures} failed`);
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
