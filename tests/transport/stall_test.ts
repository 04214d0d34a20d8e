import { assertEquals, assertInstanceOf } from "@std/assert";
import { type HttpClientConfig, PrefactorHttpClient, PrefactorTimeoutError } from "../../mod.ts";
import { linesOf } from "../../tools/lines.ts";
import { failureOf, ignoreSignal, makeClient } from "../helpers.ts";

/**
 * A server in a separate process, which keeps running while the event loop of the test is blocked. It responds after 50
 * ms, with a body of known length or in chunks.
 */
const SERVER = `
  const onListen = ({ port }) => console.log(port);
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const body = JSON.stringify({ status: "success" });
    if (!request.url.endsWith("/chunked")) return new Response(body);
    const chunks = [...body].map((character) => new TextEncoder().encode(character));
    return new Response(new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    }));
  });
`;

async function startServer(): Promise<{ url: string } & AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "--no-config", `data:text/javascript,${encodeURIComponent(SERVER)}`],
    env: { NO_COLOR: "1" },
    stdout: "piped",
  }).spawn();
  const lines = linesOf(child.stdout);
  const { value: port } = await lines.next();
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
      await lines.return();
    },
  };
}

/** Blocks the event loop. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const STALLS: [name: string, stall: (ms: number) => void][] = [
  ["in a timer", (ms) => void setTimeout(block, 10, ms)],
  ["in an I/O callback", (ms) => void Deno.stat(".").then(() => block(ms))],
  ["before the request is sent, and again while the response arrives", (ms) => {
    block(ms);
    setTimeout(() => Deno.stat(".").then(() => block(ms)), 20);
  }],
];

for (const path of ["/plain", "/chunked"]) {
  for (const [name, stall] of STALLS) {
    Deno.test(`a response to ${path} that arrives while the loop is blocked ${name} is not thrown away`, async () => {
      await using server = await startServer();
      for (const timeouts of [{ connectTimeout: 200 }, { requestTimeout: 200 }, { totalTimeout: 200 }]) {
        const config: HttpClientConfig = {
          apiUrl: server.url,
          apiToken: "token",
          maxRetries: 0,
          ...timeouts,
        };
        const client = new PrefactorHttpClient(config);
        const calls = Array.from({ length: 8 }, () => client.request("POST", path));
        stall(600);
        assertEquals(
          await Promise.all(calls),
          Array(8).fill({ status: "success" }),
          JSON.stringify(timeouts),
        );
        await client.close();
      }
    });
  }
}

Deno.test("a call times out although the loop is blocked again and again", async () => {
  const { client } = makeClient(ignoreSignal, { requestTimeout: 100, maxRetries: 0 });
  let isPending = true;
  const call = failureOf(client.request("GET", "/x")).finally(() => isPending = false);
  while (isPending) {
    block(50);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertInstanceOf(await call, PrefactorTimeoutError);
});
