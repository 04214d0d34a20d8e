import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import type { SandboxRequest } from "@prefactor/http/testing";
import { serveSandbox } from "@prefactor/http/sandbox";

Deno.test("serveSandbox() serves a client on loopback, and tells of each request", async () => {
  const seen: SandboxRequest[] = [];
  const server = serveSandbox({ token: "mine", onRequest: (request) => seen.push(request) });
  await using client = new PrefactorHttpClient({ apiUrl: server.url, apiToken: server.token });
  assertEquals(await client.request("GET", "/api/v1/ping"), { status: "success" });
  await server.close();
  assertEquals([server.token, seen.map(({ path, status }) => [path, status])], ["mine", [[
    "/api/v1/ping",
    200,
  ]]]);
});

Deno.test("serveSandbox() lets a page of any origin in", async () => {
  const server = serveSandbox();
  const url = `${server.url}/api/v1/agent_spans`;
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: {
      "origin": "https://example.com",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    },
  });
  const answer = await fetch(url, { method: "POST", headers: { origin: "https://example.com" }, body: "{}" });
  await answer.body?.cancel();
  await server.close();
  assertEquals([preflight.status, answer.status], [204, 401]);
  assertEquals(
    preflight.headers.get("access-control-allow-headers"),
    "authorization,content-type,idempotency-key",
  );
  assertStringIncludes(preflight.headers.get("access-control-allow-methods")!, "POST");
  for (const { headers } of [preflight, answer]) {
    assertEquals(headers.get("access-control-allow-origin"), "*");
  }
  assertStringIncludes(answer.headers.get("access-control-expose-headers")!, "x-request-id");
});

Deno.test("serveSandbox() lets faults strike at the rate", async () => {
  const server = serveSandbox({ faults: 1, seed: 3 });
  const statuses = new Set<unknown>();
  for (let n = 0; n < 30; n++) {
    const result = await fetch(server.url, { redirect: "manual" }).then(async (response) => {
      await response.text();
      return response.status;
    }).catch(() => "broken");
    statuses.add(result);
  }
  await server.close();
  assert(statuses.has("broken") && statuses.has(302) && statuses.has(200), [...statuses].join());
});

const SERVER = new URL("../../src/testing/server.ts", import.meta.url).pathname;
const CONFIG = new URL("../../tools/std_stand_ins/import_map.json", import.meta.url).pathname;

function run(args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-net", "--allow-env", "--import-map", CONFIG, SERVER, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("server.ts prints what to set, a line a request, and a summary at Ctrl+C", async () => {
  const child = run(["--port=0", "--token", "mine"]);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (pattern: RegExp) => {
    for (let chunk = await lines.read(); !chunk.done; chunk = await lines.read()) {
      text += chunk.value;
      if (pattern.test(text)) return;
    }
  };
  await until(/PREFACTOR_API_TOKEN=mine\n/);
  const url = /^PREFACTOR_API_URL=(.*)$/m.exec(text)![1]!;
  for (const path of ["ping", "nowhere"]) {
    const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: "Bearer mine" } });
    await response.body?.cancel();
  }
  await until(/nowhere 404\n/);
  child.kill("SIGINT");
  await until(/summary/);
  const [status] = await Promise.all([child.status, child.stderr.cancel()]);
  assertEquals([status.success, status.code], [true, 0]);
  assertMatch(text, /^GET \/api\/v1\/ping 200$/m);
  assertMatch(text, /^2 requests, of which 0 met a fault and 1 were refused$/m);
});

for (
  const [args, reason] of [
    [["--nonsense", "1"], "there is no --nonsense"],
    [["--port"], "--port has no value"],
    [["--seed", "x"], '--seed must be a number: current value is "x"'],
    [["--port", "0", "--faults", "2"], "'rate' must be a number from 0 to 1"],
  ] as const
) {
  Deno.test(`server.ts refuses ${args.join(" ")}`, async () => {
    const { code, stderr } = await run([...args]).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 2);
    assertStringIncludes(text, reason);
    assertStringIncludes(text, "Usage:");
  });
}
