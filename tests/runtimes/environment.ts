/**
 * The servers that the scenarios run against.
 *
 * @module
 */

import { serveSandbox } from "../../src/testing/server.ts";
import type { Env } from "./scenario.ts";
import { serveScripts } from "./server.ts";

/** The servers of one run of the scenarios. They close on dispose. */
export interface Servers extends AsyncDisposable {
  readonly env: Env;
  /** The environment variables that `fromEnv()` reads. */
  readonly variables: Record<string, string>;
}

/** Starts the servers. */
export async function startServers(runtime: Env["runtime"]): Promise<Servers> {
  const [sandbox, scripted] = [await serveSandbox(), serveScripts()];
  using unused = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { url, token } = sandbox;
  return {
    env: {
      runtime,
      sandbox: { url, token },
      scripted: scripted.url,
      refused: `http://127.0.0.1:${unused.addr.port}`,
    },
    variables: { PREFACTOR_API_URL: url, PREFACTOR_API_TOKEN: token },
    async [Symbol.asyncDispose]() {
      await Promise.all([sandbox.close(), scripted.close()]);
    },
  };
}
