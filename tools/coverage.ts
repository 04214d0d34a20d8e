/**
 * Prints the line coverage of `src` and the lines that no test reaches. Exits with 1 below the threshold.
 *
 * Usage: `deno run -A tools/coverage.ts [folder of the coverage data] [threshold in %]`
 *
 * @module
 */

const [folder = "coverage", threshold = "95"] = Deno.args;
const root = new URL("../", import.meta.url);
const { stdout, success } = await new Deno.Command(Deno.execPath(), {
  args: ["coverage", "--lcov", "--include=/src/", folder],
  cwd: root,
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);

let file = "";
let missed: number[] = [];
let found = 0;
let hit = 0;
for (const line of new TextDecoder().decode(stdout).split("\n")) {
  const [, kind, value] = /^(\w+):?(.*)$/.exec(line) ?? [];
  if (kind === "SF") {
    file = value!.slice(value!.indexOf("/src/") + 1);
    missed = [];
  } else if (kind === "DA") {
    const [number, count] = value!.split(",").map(Number);
    found++;
    if (count! > 0) hit++;
    else missed.push(number!);
  } else if (kind === "end_of_record" && missed.length > 0) {
    console.log(`${file}: not covered: lines ${missed.join(", ")}`);
  }
}
const percent = found === 0 ? 0 : hit / found * 100;
console.log(`${hit} of ${found} lines of src covered: ${percent.toFixed(1)} %`);
if (percent < Number(threshold)) {
  console.error(`Coverage must be at least ${threshold} %, but is ${percent.toFixed(1)} %`);
  Deno.exit(1);
}
