import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import type { SandboxRequest } from "@prefactor/http/testing";
import { serveSandbox } from "@prefactor/http/sandbox";

Deno.test("serveSandbox() serves a client on loopback and reports each request", async () => {
  const seen: SandboxRequest[] = [];
  const server = await serveSandbox({ token: "mine", onRequest: (request) => seen.push(request) });
  await using client = new PrefactorHttpClient({ apiUrl: server.url, apiToken: server.token });
  assertEquals(await client.request("GET", "/api/v1/ping"), { status: "success" });
  await server.close();
  assertEquals([server.token, seen.map(({ path, status }) => [path, status])], ["mine", [[
    "/api/v1/ping",
    200,
  ]]]);
});

Deno.test("serveSandbox() accepts pages of any origin", async () => {
  const server = await serveSandbox();
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

Deno.test("serveSandbox() applies faults at the rate", async () => {
  const server = await serveSandbox({ faults: 1, seed: 3 });
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

const ROOT = new URL("../../", import.meta.url).pathname;
const SERVER = `${ROOT}src/testing/server.ts`;
const IMPORT_MAP = `${ROOT}tools/std_stand_ins/import_map.json`;

function spawn(command: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
}

/** Runs the server on Deno with only the permission that it needs. */
function run(...args: string[]): Deno.ChildProcess {
  const options = ["--quiet", "--no-prompt", "--allow-net", "--import-map", IMPORT_MAP];
  return spawn(Deno.execPath(), ["run", ...options, SERVER, ...args]);
}

/** Runs the server from one JavaScript file. */
async function runBundle(command: string, folder: string, ...args: string[]): Promise<Deno.ChildProcess> {
  const path = `${folder}/sandbox.mjs`;
  const bundle = ["run", "-A", "tools/with_std.ts", "bundle", "--quiet", "--output", path, SERVER];
  const { success } = await new Deno.Command(Deno.execPath(), { cwd: ROOT, args: bundle, stdin: "null" })
    .output();
  assert(success);
  return spawn(command, [path, ...args]);
}

/** Finds Bun itself, since npx would not pass a signal on. */
async function findBun(): Promise<string> {
  const args = ["-y", "bun@1.4.5", "-e", "console.log(process.execPath)"];
  const { stdout } = await new Deno.Command("npx", { args, stdin: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

const RUNTIMES: Record<string, (folder: string, ...args: string[]) => Promise<Deno.ChildProcess>> = {
  "Deno": (_folder, ...args) => Promise.resolve(run(...args)),
  "Node": (folder, ...args) => runBundle("node", folder, ...args),
  "Bun": async (folder, ...args) => runBundle(await findBun(), folder, ...args),
};

for (const [runtime, start] of Object.entries(RUNTIMES)) {
  Deno.test(`server.ts prints its variables, each request and a summary on ${runtime}`, async () => {
    const folder = await Deno.makeTempDir();
    const child = await start(folder, "--port=0", "--token", "mine");
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
    const headers = { authorization: "Bearer mine" };
    for (const path of ["ping", "nowhere"]) {
      const response = await fetch(`${url}/api/v1/${path}`, { headers });
      await response.body?.cancel();
    }
    await until(/nowhere 404\n/);
    child.kill("SIGINT");
    await until(/with an error\n/);
    const [status, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    await Deno.remove(folder, { recursive: true });
    assertEquals([status.success, status.code, stderr], [true, 0, ""]);
    assertMatch(text, /^GET \/api\/v1\/ping 200$/m);
    assertMatch(text, /^2 requests, 0 with a fault, 1 with an error$/m);
  });
}

for (
  const [args, message] of [
    [["--nonsense", "1"], `'flag' must be one of --port, --token, --faults, --seed, but is "--nonsense"`],
    [["--port"], "'--port' must be a non-empty value, but is undefined"],
    [["--seed", "x"], `'--seed' must be a number, but is "x"`],
    [["--port", "70000"], "'port' must be an integer from 0 to 65535, but is 70000"],
    [["--faults", "2"], "'faults' must be a number from 0 to 1, but is 2"],
  ] as const
) {
  Deno.test(`server.ts refuses ${args.join(" ")}`, async () => {
    const { code, stderr } = await run(...args).output();
    const [first, second] = new TextDecoder().decode(stderr).split("\n");
    assertEquals([code, first], [2, `Cannot start the sandbox: ${message}`]);
    assertStringIncludes(second!, "Usage:");
  });
}
