/**
 * Size of each client in a bundle, minified and gzipped.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/size.ts
 * ```
 *
 * @module
 */

import { bundle, gzippedSize } from "./lib/bundle.ts";
import { render, type Report } from "./lib/report.ts";

const CORE = import.meta.resolve("./peers/core.ts");
const MOD = import.meta.resolve("../mod.ts");

function everythingOf(peer: string): string {
  return `export * from "${import.meta.resolve(`./peers/${peer}.ts`)}";`;
}

/** The entry points by name, and a package that is excluded from the bundle because the app may import it anyway. */
const ENTRIES: readonly [name: string, entry: string, external?: string][] = [
  ["@prefactor/http", `export * from "${MOD}";`],
  ["  the client, as most apps import it", `export { PrefactorHttpClient } from "${MOD}";`],
  ["  one endpoint, AgentSpanClient", `export { AgentSpanClient } from "${MOD}";`],
  ["  one guard, isAgentSpan", `export { isAgentSpan } from "${MOD}";`],
  ["  the PFIDs", `export { createPfid, formatPfid, isPfid, parsePfid, relatedPfid } from "${MOD}";`],
  ["  the parts of @std/async in it", 'export * from "@std/async/retry"; export * from "@std/async/delay";'],
  ["ofetch", everythingOf("ofetch")],
  ["ky", everythingOf("ky")],
  ["axios", everythingOf("axios")],
  ["@prefactor/core", everythingOf("core")],
  ["  without zod", everythingOf("core"), "zod"],
  ["  without zod, the clients only", `export { AgentSpanClient, HttpClient } from "${CORE}";`, "zod"],
];

/** Bundles every entry point. */
export async function measure(): Promise<Report> {
  const rows = [];
  for (const [name, entry, external] of ENTRIES) {
    const code = await bundle(entry, "browser", external ? [external] : []);
    rows.push({
      name,
      figures: [new TextEncoder().encode(code).byteLength / 1_024, await gzippedSize(code)],
    });
  }
  return {
    title: "Size of a bundle",
    notes: ["deno bundle --minify for browsers. KB of 1,024 bytes."],
    columns: [{ name: "minified", unit: "KB" }, { name: "gzipped", unit: "KB" }],
    rows,
  };
}

if (import.meta.main) console.log(render(await measure()));
