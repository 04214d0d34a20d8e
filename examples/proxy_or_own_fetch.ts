/**
 * How do my requests go through a proxy, or through a `fetch` of my own?
 *
 * `fetch` in the config sends every attempt. What it gets is a URL and an init with the signal that ends the
 * attempt: pass both on. The proxy here is one of the example's own, in front of a sandbox.
 *
 * ```sh
 * deno run --allow-net examples/proxy_or_own_fetch.ts
 * ```
 *
 * If all of your program goes through the proxy, no code is needed: `HTTPS_PROXY` is read by Deno and by Bun, and
 * by Node 24 with `NODE_USE_ENV_PROXY=1`. For one client alone, Node has undici's `ProxyAgent`, as `dispatcher`.
 *
 * @module
 */
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

// A stand-in for your company's proxy: it sees each request with the URL that it is for.
const sandbox = new PrefactorSandbox();
const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request, info) => {
  const { method, url } = request;
  console.log("Proxy:", method, url);
  return sandbox.fetch(request, info);
});

// Behind a proxy. For a real one, with a password: { url, basicAuth: { username, password } }.
using throughProxy = Deno.createHttpClient({ proxy: { url: `http://127.0.0.1:${proxy.addr.port}` } });
const proxied = new PrefactorHttpClient({
  apiUrl: "http://prefactor.example", // https://app.prefactorai.com
  apiToken: sandbox.config().apiToken,
  fetch: (url, init) => fetch(url, { ...init, client: throughProxy }),
});
console.log(await proxied.request("GET", "/api/v1/ping"));
await proxied.close();

// A fetch of one's own: it can add a header, count, or record what goes over the wire.
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
