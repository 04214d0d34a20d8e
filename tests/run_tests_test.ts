import { assertEquals } from "@std/assert";
import { summarise } from "../tools/run_tests.ts";

/** Summarises the lines of a test runner, without the times and the widths of columns. */
async function summaryOf(...lines: string[]): Promise<string[]> {
  const texts = await Array.fromAsync(summarise(lines));
  return texts.join("").replace(/\(\d+ ms\)/g, "(N ms)").replace(/ {2,}/g, " ").split("\n");
}

const HOOKS = [
  "running 2 tests from ./tests/hooks_test.ts",
  "one ...",
  "step ... ok (1ms)",
  "one ... ok (2ms)",
];

Deno.test("summarise() prints a line for each file and the counts", async () => {
  const next = [
    "\x1b[38;5;245mrunning 1 test from ./tests/pfid_test.ts\x1b[0m",
    "three ... \x1b[32mok\x1b[0m",
  ];
  const counts = "\x1b[32mok\x1b[0m | 3 passed (1 step) | 0 failed (7ms)";
  assertEquals(await summaryOf(...HOOKS, "two ... ok", ...next, "", counts, ""), [
    "tests/hooks_test.ts 2 tests ... ok (N ms)",
    "tests/pfid_test.ts 1 test ... ok (N ms)",
    "",
    counts,
    "",
    "",
  ]);
});

Deno.test("summarise() prints the errors of failed tests", async () => {
  const rest = [" ERRORS ", "", "two => ./tests/hooks_test.ts:4:6", "error: Error: no", "FAILED | 1 failed"];
  assertEquals(await summaryOf(...HOOKS, "two ... FAILED (1ms)", "", ...rest), [
    "tests/hooks_test.ts 2 tests ... FAILED (N ms)",
    "",
    ...rest,
    "",
  ]);
});

Deno.test("summarise() prints why the runner gives up on a file", async () => {
  const exit = "error ./tests/exit_test.ts called `Deno.exit(3)`";
  assertEquals(await summaryOf(...HOOKS, exit, "", "FAILED | 1 failed"), [
    "tests/hooks_test.ts 2 tests ... ok (N ms)",
    "",
    exit,
    "",
    "FAILED | 1 failed",
    "",
  ]);
});

Deno.test("summarise() prints every line of a file in which the runner ends", async () => {
  const [, ...lines] = HOOKS;
  assertEquals(await summaryOf(...HOOKS), ["tests/hooks_test.ts 2 tests ... ", ...lines, ""]);
});
