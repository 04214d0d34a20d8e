import { startServers } from "./environment.ts";
import { SCENARIOS } from "./suite.ts";

for (const { name, run } of SCENARIOS) {
  Deno.test(`Deno: ${name}`, async () => {
    await using servers = await startServers("deno");
    for (const [variable, value] of Object.entries(servers.variables)) Deno.env.set(variable, value);
    try {
      await run(servers.env);
    } finally {
      for (const variable of Object.keys(servers.variables)) Deno.env.delete(variable);
    }
  });
}
