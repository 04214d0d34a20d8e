/**
 * The servers that the scenarios run against.
 *
 * @module
 */

import { serveSandbox } from "../../src/testing/server.ts";
import { endless, rawResponse, RawServer } from "../faults/raw_server.ts";
import type { Env } from "./scenario.ts";
import { serveScripts } from "./server.ts";

/** The servers of one run of the scenarios. They close on dispose. */
export interface Servers extends AsyncDisposable {
  readonly env: Env;
  /** The environment variables that `fromEnv()` reads. */
  readonly variables: Record<string, string>;
}

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization" };
const FRAMES = { "content-length": "20", "transfer-encoding": "chunked" };
const CHUNK = `400\r\n${" ".repeat(1_024)}\r\n`;

/** Sends an endless response, also to the preflight request of a page, which reads the headers alone. */
const OVERSIZED = endless(rawResponse(200, { ...CORS, ...FRAMES }), CHUNK);

/** Starts the servers. */
export async function startServers(runtime: Env["runtime"]): Promise<Servers> {
  const [sandbox, scripted, raw] = [await serveSandbox(), serveScripts(), await RawServer.start(OVERSIZED)];
  using unused = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { url, token } = sandbox;
  return {
    env: {
      runtime,
      sandbox: { url, token },
      scripted: scripted.url,
      refused: `http://127.0.0.1:${unused.addr.port}`,
      oversized: raw.url,
    },
    variables: { PREFACTOR_API_URL: url, PREFACTOR_API_TOKEN: token },
    async [Symbol.asyncDispose]() {
      await Promise.all([sandbox.close(), scripted.close(), raw[Symbol.asyncDispose]()]);
    },
  };
}
