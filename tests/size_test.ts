import { assert, assertEquals } from "@std/assert";
import { bundle, gzippedSize } from "../bench/lib/bundle.ts";

const MOD = import.meta.resolve("../mod.ts");

/** The first segment of each path of the API that `mod.ts` uses; the others belong to `./admin`. */
const RESOURCES = ["agent", "agent_instance", "agent_spans", "alerts", "bulk", "pfid", "ping"];

/** What a program may import from `mod.ts`, and the maximum size of its bundle, minified and gzipped, in KB. */
const LIMITS: readonly [name: string, imported: string, limit: number][] = [
  ["everything", "*", 26],
  ["the client", "{ PrefactorHttpClient }", 22],
  ["one endpoint", "{ AgentSpanClient }", 4.6],
  ["one guard", "{ isAgentSpan }", 0.8],
  ["the PFIDs", "{ createPfid, formatPfid, isPfid, parsePfid, relatedPfid }", 1.6],
];

for (const [name, imported, limit] of LIMITS) {
  Deno.test(`a bundle of ${name} is smaller than ${limit} KB and has no part of ./admin`, async () => {
    const code = await bundle(`export ${imported} from "${MOD}";`, "browser");
    const size = await gzippedSize(code);
    assert(size < limit, `${size.toFixed(2)} KB`);
    const resources = [...code.matchAll(/\/api\/v1\/(\w+)/g)].map(([, resource]) => resource!);
    assertEquals(resources.filter((resource) => !RESOURCES.includes(resource)), []);
  });
}
