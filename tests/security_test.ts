import { assert, assertEquals, assertGreater } from "@std/assert";

const ROOT = new URL("..", import.meta.url);

/** Returns the file and the test in each table row of SECURITY.md. */
function claims(markdown: string): { file: string; test: string }[] {
  return [...markdown.matchAll(/^\|.*\| `(tests\/[^`]+)` *\| `([^`]+)` *\|$/gm)]
    .map(([, file, test]) => ({ file: file!, test: test! }));
}

Deno.test("every test that SECURITY.md names exists", async (t) => {
  const markdown = await Deno.readTextFile(new URL("SECURITY.md", ROOT));
  const found = claims(markdown);
  const rows = markdown.split("\n").filter((line) =>
    line.startsWith("|") && !/^\| (?:-|guarantee)/.test(line)
  );
  assertEquals(found.length, rows.length, "each row names a file and a test");
  assertGreater(found.length, 40);
  for (const { file, test } of found) {
    await t.step(`${file}: ${test}`, async () => {
      const source = await Deno.readTextFile(new URL(file, ROOT));
      for (const part of test.split("…")) assert(source.includes(part), part);
    });
  }
});
