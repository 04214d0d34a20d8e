/**
 * How do I send requests through a proxy or through my own `fetch`?
 *
 * The `fetch` function in the config sends every attempt. It receives a URL and an init, which contains the signal
 * that aborts the attempt. Pass both on. This example starts its own proxy in front of a sandbox.
 *
 * ```sh
 * deno run --allow-net examples/proxy_or_own_fetch.ts
 * ```
 *
 * If your whole program uses the proxy, you need no code: Deno and Bun read `HTTPS_PROXY`, and so does Node 24 with
 * `NODE_USE_ENV_PROXY=1`. For one client on Node, create `const dispatcher = new ProxyAgent(proxyUrl)` of the package
 * `undici`, and configure `fetch: (url, init) => fetch(url, { ...init, dispatcher })`.
 *
 * @module
 */
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

// A proxy for the example. It receives each request with its target URL.
const sandbox = new PrefactorSandbox();
const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request, info) => {
  const { method, url } = request;
  console.log("Proxy:", method, url);
  return sandbox.fetch(request, info);
});

// Send through the proxy. If yours needs a password: { url, basicAuth: { username, password } }.
using throughProxy = Deno.createHttpClient({ proxy: { url: `http://127.0.0.1:${proxy.addr.port}` } });
const proxied = new PrefactorHttpClient({
  apiUrl: "http://prefactor.example", // in production: https://app.prefactorai.com
  allowInsecureHttp: true, // the proxy of this example does not speak TLS
  apiToken: sandbox.config().apiToken,
  fetch: (url, init) => fetch(url, { ...init, client: throughProxy }),
});
console.log(await proxied.request("GET", "/api/v1/ping"));
await proxied.close();

// Send through your own fetch, which can add headers, count bytes or record traffic.
let bytes = 0;
const counted = new PrefactorHttpClient(sandbox.config({
  fetch: async (url, init) => {
    bytes += String(init?.body ?? "").length;
    const headers = new Headers(init?.headers);
    headers.set("x-team", "library");
    return await sandbox.fetch(url, { ...init, headers });
  },
}));
await counted.agentInstances.register({ agent_id: "librarian", agent_version: {}, agent_schema_version: {} });
await counted.close();
console.log(`Own fetch: ${bytes > 100}, team ${sandbox.requests.at(-1)?.headers["x-team"]}`);
await proxy.shutdown();
