/**
 * Bundles, as an app would ship them.
 *
 * @module
 */

import { CONFIG_FLAGS } from "./child.ts";

/** The code of an entry point and of all that it uses, in one file, minified. */
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

/** The size of text, in KB of 1,024 bytes, as a server sends it compressed. */
export async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).byteLength / 1_024;
}
