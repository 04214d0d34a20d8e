import { assertEquals, assertGreater } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** Lists the TypeScript files in a folder and its subfolders by their path in the folder. */
async function* sourcesIn(folder: URL, parent = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(parent, folder))) {
    if (isDirectory) yield* sourcesIn(folder, `${parent}${name}/`);
    else if (name.endsWith(".ts")) yield parent + name;
  }
}

/** Returns whether the file needs a test. A barrel does not, and neither does a file that exports only types. */
async function needsTest(path: string): Promise<boolean> {
  if (/(^|\/)mod\.ts$/.test(path)) return false;
  return Object.keys(await import(new URL(`src/${path}`, ROOT).href)).length > 0;
}

Deno.test("each file of src has a test of its name in the same folder of tests", async () => {
  const sources = await Array.fromAsync(sourcesIn(new URL("src/", ROOT)));
  const tests = new Set(await Array.fromAsync(sourcesIn(new URL("tests/", ROOT))));
  assertGreater(sources.length, 25);
  const untested: string[] = [];
  for (const path of sources.sort()) {
    if (!tests.has(path.replace(/\.ts$/, "_test.ts")) && await needsTest(path)) untested.push(path);
  }
  assertEquals(untested, []);
});
