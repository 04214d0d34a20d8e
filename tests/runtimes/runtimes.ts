/**
 * Tests that run the suite from one bundle on every runtime: `deno task test:runtimes`. They need Node and npm.
 * Chromium is required if `CI` is `true`. Otherwise its test is skipped if it is not installed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bundle, runBundle } from "./bundle.ts";
import { findChromium, runInChromium } from "./chromium.ts";
import type { Env } from "./scenario.ts";
import { SCENARIOS } from "./suite.ts";

const EXPECTED = SCENARIOS.map(({ name }) => `ok - ${name}`);

async function nodeCommand(): Promise<string[]> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"], stdin: "null" }).output();
    if (new TextDecoder().decode(stdout).startsWith("v20.")) return ["node"];
  } catch {
    // Node is not installed
  }
  return ["npx", "-y", "node@20"];
}

const COMMANDS: readonly [Env["runtime"], () => string[] | Promise<string[]>][] = [
  ["deno", () => [Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-env"]],
  ["node", nodeCommand],
  ["bun", () => ["npx", "-y", "bun@1.4.5"]],
];

for (const [runtime, command] of COMMANDS) {
  Deno.test(`the scenarios pass on ${runtime}, and the process exits by itself`, async () => {
    using suite = await bundle();
    const { lines, stderr, code } = await runBundle(suite.path, runtime, await command());
    assertEquals(lines, EXPECTED);
    assertEquals(code, 0);
    assertEquals(stderr.match(/.*(?:Warning|Unhandled).*/g) ?? [], []);
  });
}

Deno.test("the scenarios pass in a page of Chromium, across origins", async () => {
  const program = findChromium();
  if (program) {
    using suite = await bundle();
    assertEquals(await runInChromium(program, suite.path), EXPECTED);
    return;
  }
  const missing = "Cannot run in Chromium: it is not installed; on Debian, run `apt-get install -y chromium`";
  if (Deno.env.get("CI") === "true") throw new Error(missing);
  console.log(`${missing}. Skipped, since CI is not "true"`);
});
