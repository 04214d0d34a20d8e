import { assert, assertEquals, assertLess } from "@std/assert";
import { DOCUMENT, POLICY } from "../../../src/testing/page/document.ts";
import { buildPage } from "../../../tools/build_page.ts";

const MODULE = new URL("../../../src/testing/page/document.ts", import.meta.url);

Deno.test("document.ts is what `deno task page` builds", async () => {
  assert(
    await Deno.readTextFile(MODULE) === await buildPage(),
    "Run `deno task page` and commit document.ts",
  );
});

Deno.test("DOCUMENT has at most 60 kB, and 20 kB with gzip", async () => {
  const { body, size } = { body: new Blob([DOCUMENT]).stream(), size: new Blob([DOCUMENT]).size };
  const gzipped = await new Response(body.pipeThrough(new CompressionStream("gzip"))).bytes();
  assertLess(size, 60_000);
  assertLess(gzipped.byteLength, 20_000);
});

Deno.test("DOCUMENT has no external references", () => {
  const addresses = [...DOCUMENT.matchAll(/\b(?:src|href)="([^"]*)"|url\(([^)]*)\)|@import/g)].map((
    [match],
  ) => match);
  assertEquals(addresses.filter((address) => !/="(?:#|data:)/.test(address)), []);
  assertEquals([...DOCUMENT.matchAll(/<(?:script|style)\b/g)].length, 2);
});

Deno.test("POLICY has the hashes of the script and the style of DOCUMENT", async () => {
  for (const [tag, directive] of [["script", "script-src"], ["style", "style-src"]]) {
    const text = new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, "s").exec(DOCUMENT)![1]!;
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    assert(POLICY.includes(`${directive} 'sha256-${new Uint8Array(hash).toBase64()}';`), directive);
  }
});
