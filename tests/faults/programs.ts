/**
 * Programs on Deno, Bun and Node that use the package.
 *
 * @module
 */

import { assert } from "@std/assert";

/** The time after which a program is killed, in ms. */
const DEADLINE = 20_000;

/** The command of each runtime with its arguments before the file. */
export const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  [Deno.execPath()]: ["run", "--allow-all", "--quiet"],
  bun: ["run"],
  node: [],
};

/** Returns whether there is such a command. */
export async function isInstalled(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** Bundles modules of the package, by their paths, into one module that every runtime can import. */
export async function bundle(directory: string, modules: readonly string[]): Promise<string> {
  const root = new URL("../../", import.meta.url);
  const [entry, path] = [`${directory}/entry.ts`, `${directory}/bundle.mjs`];
  const exports = modules.map((module) => `export * from ${JSON.stringify(new URL(module, root).href)};`);
  await Deno.writeTextFile(entry, exports.join("\n"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `${root.pathname}tools/with_std.ts`, "bundle", "-o", path, entry],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return path;
}

/** What a program did. */
export interface ProgramResult {
  readonly output: string;
  readonly success: boolean;
  /** The time from its first output to its end, in ms. */
  readonly lingered: number;
}

/** Runs a program. */
export async function runProgram(command: string, args: readonly string[]): Promise<ProgramResult> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
  let output = "";
  let doneAt = Infinity;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    doneAt = Math.min(doneAt, performance.now());
  }
  const { success } = await child.status;
  clearTimeout(deadline);
  return { output, success, lingered: performance.now() - doneAt };
}
