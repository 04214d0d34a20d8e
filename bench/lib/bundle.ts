/**
 * Minified bundles and their size.
 *
 * @module
 */

import { CONFIG_FLAGS } from "./child.ts";

/** Bundles the code of an entry point with everything that it imports, and minifies it. */
export async function bundle(
  entry: string,
  platform: "browser" | "deno",
  external: readonly string[] = [],
): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "bench-bundle-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, entry);
    const flags = external.map((name) => `--external=${name}`);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--minify", "--platform", platform, ...CONFIG_FLAGS, ...flags, file],
    }).output();
    if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

/** Returns the size of the text after gzip, in KB of 1,024 bytes. */
export async function gzippedSize(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).byteLength / 1_024;
}
