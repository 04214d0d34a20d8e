/**
 * The tests that run the suite from one bundle on every runtime: `deno task test:runtimes`. They need Node, and npm
 * for Bun; Chromium has to be there where `CI` is `true`, and is left out elsewhere if it is not.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bundle, runBundle } from "./bundle.ts";
import { findChromium, runInChromium } from "./chromium.ts";
import type { Env } from "./scenario.ts";
import { SCENARIOS } from "./suite.ts";

const WANTED = SCENARIOS.map(({ name }) => `ok - ${name}`);

async function nodeCommand(): Promise<string[]> {
  try {
    const { stdout } = await new Deno.Command("node", { args: ["--version"], stdin: "null" }).output();
    if (new TextDecoder().decode(stdout).startsWith("v20.")) return ["node"];
  } catch {
    // there is none
  }
  return ["npx", "-y", "node@20"];
}

const COMMANDS: readonly [Env["runtime"], () => string[] | Promise<string[]>][] = [
  ["deno", () => [Deno.execPath(), "run", "--quiet", "--allow-net", "--allow-env"]],
  ["node", nodeCommand],
  ["bun", () => ["npx", "-y", "bun@1.4.5"]],
];

for (const [runtime, command] of COMMANDS) {
  Deno.test(`the scenarios hold on ${runtime}, and the process ends by itself`, async () => {
    using suite = await bundle();
    const { lines, stderr, code } = await runBundle(suite.path, runtime, await command());
    assertEquals(lines, WANTED);
    assertEquals(code, 0);
    assertEquals(stderr.match(/.*(?:Warning|Unhandled).*/g) ?? [], []);
  });
}

Deno.test("the scenarios hold in a page of Chromium, across origins", async () => {
  const program = findChromium();
  if (program) {
    using suite = await bundle();
    assertEquals(await runInChromium(program, suite.path), WANTED);
    return;
  }
  const missing =
    "Cannot run in Chromium: it is not installed; on Debian, `apt-get install -y chromium` does that";
  if (Deno.env.get("CI") === "true") throw new Error(missing);
  console.log(`${missing}. Left out, since CI is not "true"`);
});
