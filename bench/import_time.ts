/**
 * Import time of each client: paired cold starts of a program that imports the client and of an empty file.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/import_time.ts --quick
 * ```
 *
 * @module
 */

import { bundle } from "./lib/bundle.ts";
import { CONFIG_FLAGS } from "./lib/child.ts";
import { type Options, type Report, runAlone } from "./lib/report.ts";
import { type Estimate, estimate } from "./lib/stats.ts";

/** The default of `--seconds`. */
export const SECONDS = 4;

const MODULES = {
  "an empty file": null,
  "@prefactor/http": "../mod.ts",
  "ofetch": "./peers/ofetch.ts",
  "ky": "./peers/ky.ts",
  "axios": "./peers/axios.ts",
  "zod": "./peers/zod.ts",
  "@prefactor/core": "./peers/core.ts",
};

/** Runs a program and returns how long it takes, in ms. */
async function run(program: string): Promise<number> {
  const args = ["run", "-A", "--quiet", "--no-check", "--cached-only", ...CONFIG_FLAGS, program];
  const before = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  if (!success) throw new Error(`Cannot run ${program}`);
  return performance.now() - before;
}

/** Measures every module as a bundle and as separate files from the cache. */
export async function measure({ seconds }: Options): Promise<Report> {
  const directory = await Deno.makeTempDir({ prefix: "bench-import-" });
  try {
    const write = async (name: string, code: string) => {
      await Deno.writeTextFile(`${directory}/${name}`, code);
      return `${directory}/${name}`;
    };
    const empty = await write("empty.js", "");
    const names = Object.entries(MODULES);
    const programs = await Promise.all(names.flatMap(([, module], index) => {
      if (module === null) return [write(`empty_${index}.js`, ""), write(`empty_bundle_${index}.js`, "")];
      const url = import.meta.resolve(module);
      return [
        bundle(`export * from "${url}";`, "deno").then((code) => write(`bundle_${index}.js`, code)),
        write(`cached_${index}.js`, `import "${url}";`),
      ];
    }));
    const overheads = programs.map((): number[] => []);
    for (const program of [empty, ...programs]) await run(program);
    const deadline = performance.now() + seconds * 1_000 * programs.length;
    while (performance.now() < deadline || overheads[0]!.length < 3) {
      for (const [index, program] of programs.entries()) {
        const first = await run(program);
        const [before, after] = [await run(empty), await run(empty)];
        overheads[index]!.push((first + await run(program) - before - after) / 2);
      }
    }
    const figures = overheads.map((times): Estimate => estimate(times));
    return {
      title: "Import time above that of an empty file",
      notes: [
        "The median of paired cold starts of Deno. Bundled: one minified file. Unbundled: separate files from a",
        "warm cache. The first row compares the empty file with itself: noise.",
      ],
      columns: [{ name: "bundled", unit: "ms" }, { name: "unbundled", unit: "ms" }],
      rows: names.map(([name], index) => ({ name, figures: figures.slice(2 * index, 2 * index + 2) })),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) await runAlone(measure, SECONDS);
