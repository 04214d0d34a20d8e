/**
 * Runs the tests and prints a line for each file, then the failures and the counts of `deno test`.
 *
 * ```sh
 * deno run -A tools/run_tests.ts tests --filter hooks
 * deno run -A tools/run_tests.ts tests --reporter=pretty    # a line for each test
 * ```
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { linesOf } from "./lines.ts";

const COMMAND = ["run", "-A", `${import.meta.dirname}/with_std.ts`, "test", "--quiet", "-A"];
const SANITIZERS = ["--sanitize-ops", "--sanitize-resources"];
/** The width of the column of paths. */
const PATH_WIDTH = 54;
/** Matches the first line after the tests of the last file. */
const END_OF_TESTS = /^(?: ERRORS $|error |(?:ok|FAILED) \|)/;

if (import.meta.main) {
  const hasReporter = Deno.args.some((arg) => arg.startsWith("--reporter"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [...COMMAND, ...SANITIZERS, ...Deno.args],
    stdout: hasReporter ? "inherit" : "piped",
  }).spawn();
  if (!hasReporter) {
    for await (const text of summarise(linesOf(child.stdout))) {
      await Deno.stdout.write(new TextEncoder().encode(text));
    }
  }
  Deno.exit((await child.status).code);
}

/** Replaces the lines about the tests of each file with one line. Everything after the tests is unchanged. */
export async function* summarise(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  /** The lines of the tests of the current file. */
  let held: string[] | undefined;
  let [start, end] = [0, 0];
  for await (const line of lines) {
    const text = stripVTControlCharacters(line);
    const [, tests, path] = /^running (\d+ tests?) from (?:\.\/)?(.+)$/.exec(text) ?? [];
    if (held && (path !== undefined || END_OF_TESTS.test(text))) {
      const outcome = held.some((line) => line.includes(" ... FAILED")) ? "FAILED" : "ok";
      yield `${outcome} (${Math.round(end - start)} ms)\n${path === undefined ? "\n" : ""}`;
      held = undefined;
    }
    if (path !== undefined) {
      yield `${path.padEnd(PATH_WIDTH)} ${tests!.padStart(9)} ... `;
      held = [];
      start = end = performance.now();
    } else if (!held) yield `${line}\n`;
    else if (text !== "") {
      held.push(text);
      end = performance.now(); // the next file is loaded after the last test of this one
    }
  }
  if (held) yield `\n${held.join("\n")}\n`; // the runner ended in the middle of a file
}
