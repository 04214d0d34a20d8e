import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";

const ROOT = new URL("../../", import.meta.url);
const IMPORT_MAP = new URL("tools/std_stand_ins/import_map.json", ROOT).pathname;
/** Whether the tests use the stand-ins for the standard library. The examples then need them as well. */
const WITH_STAND_INS = import.meta.resolve("@std/async/retry").startsWith("file:");
const MAP_ARGS = WITH_STAND_INS ? ["--import-map", IMPORT_MAP] : [];
/** Much longer than any example runs, even if npm has to download a package first. */
const TIMEOUT_MS = 120_000;

/** Disables colours, the real API and npm's notices. */
const PLAIN = {
  NO_COLOR: "1",
  PREFACTOR_API_URL: "",
  PREFACTOR_API_TOKEN: "",
  npm_config_loglevel: "error",
};

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(
  command: string,
  args: string[],
  options: { cwd?: string | URL; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const { cwd = ROOT, env = {} } = options;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args,
      cwd,
      env: { ...PLAIN, ...env },
      signal: timeout.signal,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs an example with the command in the comment at its top, with only its permissions and variables. */
async function runExample(name: string): Promise<Outcome> {
  const text = await Deno.readTextFile(new URL(`examples/${name}`, ROOT));
  const command =
    /^ \* (?<env>(?:[A-Z_]+=\S+ )*)deno (?<verb>run|test) (?<flags>(?:--\S+ )*)examples\/(?<file>\S+)$/m
      .exec(text)?.groups;
  assert(command, `${name} does not contain the command that runs it`);
  assertEquals(command["file"], name);
  const env = Object.fromEntries(command["env"]!.split(" ").filter(Boolean).map((pair) => pair.split("=")));
  const flags = command["flags"]!.split(" ").filter(Boolean);
  const args = [command["verb"]!, "--quiet", "--no-check", "--no-prompt", ...MAP_ARGS, ...flags];
  return await run(Deno.execPath(), [...args, `examples/${name}`], { env });
}

async function exampleFiles(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(new URL("examples/", ROOT))) {
    if (isFile && /\.m?[jt]s$/.test(name)) names.push(name);
  }
  return names.sort();
}

Deno.test("every example has fewer than sixty lines, begins with its question and is listed in the index", async () => {
  const index = await Deno.readTextFile(new URL("examples/README.md", ROOT));
  const names = await exampleFiles();
  assert(names.length >= 10);
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(`examples/${name}`, ROOT));
    assert(text.split("\n").length - 1 < 60, `${name} is too long`);
    assertMatch(text, /^\/\*\*\n \* [A-Z][^\n]+\?\n/, `${name} does not begin with a question`);
    assertStringIncludes(index, `](${name})`);
  }
});

Deno.test("nested_spans.ts records nested function calls as nested spans", async () => {
  const { code, stdout, stderr } = await runExample("nested_spans.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "{ seen: 2 }",
    " search complete",
    "  └ look complete",
    "  └ look complete",
    "  └ look failed",
    "",
  ]);
});

Deno.test("bulk.ts records every span except the refused one", async () => {
  const { code, stdout, stderr } = await runExample("bulk.ts");
  assertEquals({ code, stdout }, { code: 0, stdout: "249 spans in 5 requests\n" });
  assertEquals(stderr, "Refused: read-page-120 not_found Agent instance not found\n");
});

Deno.test("move_old_spans.ts moves every span once and draws its progress", async () => {
  const { code, stdout, stderr } = await runExample("move_old_spans.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const frames = stdout.split("\r").map((frame) => frame.split("\n")[0]!.trim());
  assert(frames.length >= 50);
  assertEquals(frames.at(-1), `${"█".repeat(40)} 100 %`);
  assert(stdout.endsWith("\n5000 spans moved, 0 refused\n"));
});

Deno.test("serverless.ts responds before anything is recorded, and records everything", async () => {
  const { code, stdout, stderr } = await runExample("serverless.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "Response: { hits: 3 } Spans: 0",
    'Recorded: [ "complete" ] 1',
    "",
  ]);
});

Deno.test("retries.ts logs retries and their outcomes", async () => {
  const { code, stdout, stderr } = await runExample("retries.ts");
  assertEquals(code, 0);
  const sections = stdout.split("\n# ").map((section) => section.trim().split("\n"));
  const withoutId = (text = "") => text.replace(/ \(request \w+\)/, "");
  assertEquals(sections.slice(1).map(([, outcome]) => withoutId(outcome)), [
    "Succeeded",
    "Succeeded",
    "Cannot retry: the server asks for a delay of 3600000 ms, more than maxRetryDelay, which is 2000 ms: " +
    "GET /api/v1/ping failed with 503 sandbox_fault: The sandbox responds with 503 on demand [503 sandbox_fault, transient]",
    "Gave up after 3 attempts: GET /api/v1/ping failed with 500 sandbox_fault: The sandbox responds with 500 on demand [500 sandbox_fault, transient]",
    "GET /api/v1/ping failed with 403 sandbox_fault: The sandbox responds with 403 on demand [403 sandbox_fault, permanent]",
  ]);
  const retries = [...stderr.matchAll(/^GET \/api\/v1\/ping: attempt (\d), (\d+) ms after "(.+)"$/gm)];
  assertEquals(retries.map(([, attempt, , reason]) => withoutId(`${attempt} ${reason}`)), [
    "2 GET /api/v1/ping failed with 503 sandbox_fault: The sandbox responds with 503 on demand",
    "3 GET /api/v1/ping failed: The sandbox refused the connection",
    "2 GET /api/v1/ping failed with 429 sandbox_fault: The sandbox responds with 429 on demand",
    "2 GET /api/v1/ping failed with 500 sandbox_fault: The sandbox responds with 500 on demand",
    "3 GET /api/v1/ping failed with 500 sandbox_fault: The sandbox responds with 500 on demand",
  ]);
  assert(Number(retries[2]?.[2]) >= 990, "The client did not wait for Retry-After");
});

Deno.test("cancel_and_time_out.ts ends each call by its timeout, its signal or closing", async () => {
  const { code, stdout, stderr } = await runExample("cancel_and_time_out.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "Timed out: request 50 ms",
    "Out of time: TimeoutError",
    "Stopped: The user pressed stop",
    "Either: TimeoutError",
    "Closed: Cannot finish the request: the client was closed while it was in flight",
    "Recorded once: true",
    "",
  ]);
});

Deno.test("stop_on_termination.ts stops the request to the model", async () => {
  const { code, stdout, stderr } = await runExample("stop_on_termination.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n").sort(), [
    "",
    "PrefactorTerminatedError: Over budget",
    "The model has stopped",
  ]);
});

Deno.test("dashboard.ts lists the runs of each agent with their cost and failures, in a request for each", async () => {
  const { code, stdout, stderr } = await runExample("dashboard.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const lines = stdout.trim().split("\n");
  const agents = ["Librarian", "Archivist", "Courier", "Binder", "Scribe"];
  assertEquals(
    lines.filter((line) => line.endsWith(": 100 runs")),
    agents.map((name) => `${name} (active): 100 runs`),
  );
  const runs = lines.flatMap((line) =>
    /^ {2}\w{32} (complete|failed), \d+ spans failed, cost \$0\.\d{4}$/.exec(line)?.[1] ?? []
  );
  const failed = runs.filter((status) => status === "failed").length;
  assertEquals([runs.length, failed], [500, 60]);
  assertMatch(lines[1]!, / failed, 2 spans failed, cost \$0\.0810$/);
  assertMatch(lines.at(-1)!, /^506 requests in \d+ ms for 500 runs$/);
});

Deno.test("test_your_agent_test.ts passes", async () => {
  const { code, stdout } = await runExample("test_your_agent_test.ts");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "3 passed | 0 failed");
});

Deno.test("proxy_or_own_fetch.ts sends requests through the proxy and through its own fetch", async () => {
  const { code, stdout, stderr } = await runExample("proxy_or_own_fetch.ts");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "Proxy: GET http://prefactor.example/api/v1/ping",
    '{ status: "success" }',
    "Own fetch: true, team library",
    "",
  ]);
});

Deno.test("hooks_opentelemetry.ts creates a span for each attempt that received a response", async () => {
  const { code, stdout, stderr } = await runExample("hooks_opentelemetry.ts");
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "4 attempts sent, one without a response\n");
  const exported = stdout + stderr;
  const spans = [...exported.matchAll(/^SPAN (.+) \[(\w+)\/(\w+)\] (\w+) .+\n(?: {2}parent: (\w+)\n)?/gm)];
  const outer = spans.find(([, name]) => name === "answer a question");
  assert(outer);
  const inner = spans.filter(([, , , , kind]) => kind === "Client");
  assertEquals(inner.map(([, name]) => name), [
    "POST /api/v1/agent_instance/register",
    "POST /api/v1/agent_instance/register",
    "POST /api/v1/agent_instance/{id}/start",
  ]);
  assertEquals(
    inner.map(([, , trace, , , parent]) => [trace, parent]),
    inner.map(() => [outer[2], outer[3]]),
  );
  assertMatch(exported, /status: Error/);
  assertMatch(exported, /prefactor\.retry .*attempt: 2, .*503 on demand/);
  assertMatch(exported, /prefactor\.retry .*attempt: 3, .*refused the connection/);
});

/**
 * Creates a folder like `npx jsr add @prefactor/http` does, with the package built from this source and a copy of the
 * example, whose imports stay unchanged.
 */
async function install(example: string): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  const packageFolder = `${path}/node_modules/@prefactor/http`;
  await Deno.mkdir(packageFolder, { recursive: true });
  for (const [source, bundle] of [["mod.ts", "mod.js"], ["src/testing/mod.ts", "testing.js"]] as const) {
    const args = ["bundle", "--quiet", "--platform", "browser", ...MAP_ARGS];
    const { code, stderr } = await run(Deno.execPath(), [
      ...args,
      "-o",
      `${packageFolder}/${bundle}`,
      source,
    ]);
    assertEquals(code, 0, stderr);
  }
  const exports = { ".": "./mod.js", "./testing": "./testing.js" };
  const manifest = { name: "@prefactor/http", type: "module", exports };
  await Deno.writeTextFile(`${packageFolder}/package.json`, JSON.stringify(manifest));
  await Deno.writeTextFile(`${path}/package.json`, JSON.stringify({ private: true, type: "module" }));
  await Deno.copyFile(new URL(`examples/${example}`, ROOT), `${path}/${example}`);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Serves a sandbox on a port and returns the environment variables for it. */
function serve(sandbox: PrefactorSandbox): { env: Record<string, string> } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.fetch);
  return {
    env: {
      PREFACTOR_API_URL: `http://127.0.0.1:${server.addr.port}`,
      PREFACTOR_API_TOKEN: sandbox.config().apiToken,
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const RUNTIMES = [
  { example: "bun_script.ts", command: "npx", args: ["-y", "bun@1.4.5", "run"], runtime: /^Bun$/ },
  { example: "node_script.mjs", command: "node", args: [], runtime: /^Node \d+\./ },
];

for (const { example, command, args, runtime } of RUNTIMES) {
  Deno.test(`${example} records at the API of the environment variables, or in memory without them`, async () => {
    await using folder = await install(example);
    const sandbox = new PrefactorSandbox();
    await using server = serve(sandbox);
    const recorded = /^Recorded run \w{32}: complete, 1 span\n$/;

    const remote = await run(command, [...args, example], { cwd: folder.path, env: server.env });
    assertEquals({ code: remote.code, stderr: remote.stderr }, { code: 0, stderr: "" });
    assertMatch(remote.stdout, recorded);
    const [span] = sandbox.spans.values();
    assertMatch(String(span?.payload?.["runtime"]), runtime);
    assertEquals([span?.status, span?.result_payload], ["complete", { hits: 3 }]);

    const local = await run(command, [...args, example], { cwd: folder.path });
    assertEquals(local.code, 0, local.stderr);
    assertMatch(local.stdout, recorded);
    assertEquals(sandbox.instances.size, 1);

    const wrong = { ...server.env, PREFACTOR_API_TOKEN: "a-token-of-mine" };
    const refused = await run(command, [...args, example], { cwd: folder.path, env: wrong });
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertMatch(refused.stderr, /^Cannot record the run: /);
    assertEquals(refused.stderr.includes("a-token-of-mine"), false);
  });
}
