/**
 * What a client adds to a bundle, minified, and compressed on top.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/size.ts
 * ```
 *
 * @module
 */

import { bundle, gzipped } from "./lib/bundle.ts";
import { render, type Report } from "./lib/report.ts";

const CORE = import.meta.resolve("./peers/core.ts");
const MOD = import.meta.resolve("../mod.ts");

function everythingOf(peer: string): string {
  return `export * from "${import.meta.resolve(`./peers/${peer}.ts`)}";`;
}

/** Entry points by name, and what is left out of the bundle; the `zod` of `@prefactor/core` is the app's own. */
const ENTRIES: readonly [name: string, entry: string, external?: string][] = [
  ["@prefactor/http", `export * from "${MOD}";`],
  ["  the client, as most apps import it", `export { PrefactorHttpClient } from "${MOD}";`],
  ["  one endpoint, AgentSpanClient", `export { AgentSpanClient } from "${MOD}";`],
  ["  one guard, isAgentSpan", `export { isAgentSpan } from "${MOD}";`],
  ["  what it uses of @std/async", 'export * from "@std/async/retry"; export * from "@std/async/delay";'],
  ["ofetch", everythingOf("ofetch")],
  ["ky", everythingOf("ky")],
  ["axios", everythingOf("axios")],
  ["@prefactor/core", everythingOf("core")],
  ["  without zod", everythingOf("core"), "zod"],
  ["  without zod, the clients only", `export { AgentSpanClient, HttpClient } from "${CORE}";`, "zod"],
];

/** Bundles everything. */
export async function measure(): Promise<Report> {
  const rows = [];
  for (const [name, entry, external] of ENTRIES) {
    const code = await bundle(entry, "browser", external ? [external] : []);
    rows.push({ name, figures: [new TextEncoder().encode(code).byteLength / 1_024, await gzipped(code)] });
  }
  return {
    title: "Size of a bundle",
    notes: ["deno bundle --minify for browsers, types and comments gone; KB of 1,024 bytes."],
    columns: [{ name: "minified", unit: "KB" }, { name: "gzipped", unit: "KB" }],
    rows,
  };
}

if (import.meta.main) console.log(render(await measure()));
