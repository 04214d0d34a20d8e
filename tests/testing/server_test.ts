import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { PrefactorApiError, PrefactorHttpClient } from "@prefactor/http";
import type { FaultKind, SandboxRequest } from "@prefactor/http/testing";
import { serveSandbox } from "@prefactor/http/sandbox";
import { HELP } from "../../src/testing/server_options.ts";

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

Deno.test("SandboxServer.sandbox is the sandbox that the server serves", async () => {
  const server = await serveSandbox();
  await using client = new PrefactorHttpClient({ apiUrl: server.url, apiToken: server.token, maxRetries: 0 });
  await client.ping();
  server.sandbox.faults.next({ kind: "status", status: 503 });
  await assertRejects(() => client.ping(), PrefactorApiError);
  await server.close();
  assertEquals(server.sandbox.requests.map(({ status }) => status), [200, 503]);
});

/** Sends a request with any `Host`, which `fetch` does not allow, and returns the status and the headers. */
async function request(
  url: string,
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<Headers> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({ connection: "close", ...headers }).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  await connection.write(new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
  const [head] = (await new Response(connection.readable).text()).split("\r\n\r\n");
  const [statusLine, ...fields] = head!.split("\r\n");
  const received = new Headers(fields.map((field) => field.split(/: (.*)/, 2) as [string, string]));
  received.set("status", statusLine!.split(" ")[1]!);
  return received;
}

for (
  const [origin, isAllowed] of [
    ["http://localhost:3000", true],
    ["https://localhost", true],
    ["http://app.localhost:5173", true],
    ["http://127.0.0.1:8787", true],
    ["http://127.9.8.7", true],
    ["http://[::1]:3000", true],
    ["https://example.com", false],
    ["http://localhost.example.com", false],
    ["http://127.0.0.1.example.com", false],
    ["http://notlocalhost", false],
    ["http://192.168.0.1", false],
    ["null", false],
    ["chrome-extension://localhost", false],
  ] as const
) {
  Deno.test(`serveSandbox() ${isAllowed ? "accepts" : "rejects"} pages of the origin ${origin}`, async () => {
    const server = await serveSandbox({ token: "mine" });
    const host = new URL(server.url).host;
    const path = "/api/v1/agent_spans";
    const preflight = await request(server.url, path, {
      host,
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    }, "OPTIONS");
    const response = await request(server.url, path, { host, origin, authorization: "Bearer mine" });
    await server.close();
    assertEquals([preflight.get("status"), response.get("status")], ["204", "422"]);
    for (const headers of [preflight, response]) {
      assertEquals(headers.get("access-control-allow-origin"), isAllowed ? origin : null);
      assertEquals(headers.get("vary"), "origin");
    }
    assertEquals(
      preflight.get("access-control-allow-headers"),
      isAllowed ? "authorization,content-type,idempotency-key" : null,
    );
    assertEquals(preflight.get("access-control-allow-methods"), isAllowed ? "GET, POST, PUT, DELETE" : null);
    assertEquals(
      response.get("access-control-expose-headers"),
      isAllowed ? "retry-after, x-request-id" : null,
    );
  });
}

for (
  const [hostname, host, isAllowed] of [
    ["127.0.0.1", "127.0.0.1:8787", true],
    ["127.0.0.1", "localhost", true],
    ["127.0.0.1", "LOCALHOST:1", true],
    ["127.0.0.1", "app.localhost:1", true],
    ["127.0.0.1", "[::1]:8787", true],
    ["127.0.0.1", "0.0.0.0", false],
    ["127.0.0.1", "example.com", false],
    ["127.0.0.1", "localhost.example.com", false],
    ["127.0.0.1", "127.0.0.1.example.com", false],
    ["127.0.0.1", "localhost@example.com", false],
    ["0.0.0.0", "0.0.0.0:8787", true],
    ["0.0.0.0", "localhost", true],
    ["0.0.0.0", "example.com", false],
  ] as const
) {
  Deno.test(`serveSandbox() on ${hostname} ${isAllowed ? "accepts" : "rejects"} its page at ${host}`, async () => {
    const server = await serveSandbox({ token: "mine", hostname });
    const { url } = server;
    assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ["/", "/?a", "/_sandbox/state", "/_sandbox/events?a=b"]) {
      const headers = await request(url, path, { host, origin: "http://localhost" });
      assertEquals(headers.get("status") === "403", !isAllowed, path);
      assertEquals(headers.get("access-control-allow-origin"), null);
    }
    // With a name that resolves to this machine, a website still cannot read the API, because it does not have the token.
    const headers = { host, authorization: "Bearer mine" };
    assertEquals((await request(url, "/api/v1/ping", headers)).get("status"), "200");
    assertEquals((await request(url, "/api/v1/ping", { host })).get("status"), "401");
    await server.close();
  });
}

Deno.test("serveSandbox() creates a token of its own by default", async () => {
  const servers = [await serveSandbox(), await serveSandbox()];
  for (const server of servers) await server.close();
  assertNotEquals(servers[0]!.token, servers[1]!.token);
});

Deno.test("serveSandbox() applies only transient faults by default, so that retries succeed", async () => {
  const server = await serveSandbox({ faults: 0.5, seed: 3 });
  const seen = new Set<unknown>();
  await using client = new PrefactorHttpClient({
    apiUrl: server.url,
    apiToken: server.token,
    initialRetryDelay: 1,
    maxRetryDelay: 2,
    maxRetries: 30,
    hooks: { onRetry: ({ error }) => void seen.add((error as Error).name) },
  });
  for (let n = 0; n < 100; n++) await client.request("GET", "/api/v1/ping");
  await server.close();
  assertEquals([...seen].sort(), ["PrefactorApiError", "PrefactorNetworkError"]);
});

Deno.test("serveSandbox() applies the given faults at the rate", async () => {
  const kinds: (FaultKind | undefined)[] = [];
  const server = await serveSandbox({
    faults: 0.5,
    faultKinds: ["redirect", "garbage"],
    onRequest: ({ fault }) => kinds.push(fault),
  });
  for (let n = 0; n < 100; n++) {
    await (await fetch(`${server.url}/api/v1/ping`, { redirect: "manual" })).text();
  }
  await server.close();
  const counts = ["redirect", "garbage", undefined].map((kind) =>
    kinds.filter((other) => other === kind).length
  );
  assert(counts.every((count) => count > 10) && counts[2]! < 70, counts.join());
});

const ROOT = new URL("../../", import.meta.url).pathname;
const SERVER = `${ROOT}src/testing/server.ts`;
const IMPORT_MAP = `${ROOT}tools/std_stand_ins/import_map.json`;

function spawn([command, ...args]: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(command!, { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
}

/** The program `script` of util-linux, which runs a command in a terminal. */
const SCRIPT = "/usr/bin/script";
const HAS_SCRIPT = Deno.build.os === "linux" && await Deno.stat(SCRIPT).then(() => true, () => false);

/**
 * Runs a command in a terminal whose keyboard is the standard input. With `exec`, Ctrl+C ends the command and not a
 * shell.
 */
function spawnInTerminal(command: readonly string[], env: Record<string, string>): Deno.ChildProcess {
  const args = ["-qec", `exec ${command.map((word) => `'${word}'`).join(" ")}`, "/dev/null"];
  return new Deno.Command(SCRIPT, { args, env, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
}

/** The command of the server on Deno, with only the permission that it needs. */
const DENO_SERVER = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-prompt",
  "--allow-net",
  "--import-map",
  IMPORT_MAP,
  SERVER,
];

/** Bundles the server into one JavaScript file. */
async function bundle(folder: string): Promise<string> {
  const path = `${folder}/sandbox.mjs`;
  const args = ["run", "-A", "tools/with_std.ts", "bundle", "--quiet", "--output", path, SERVER];
  const { success } = await new Deno.Command(Deno.execPath(), { cwd: ROOT, args, stdin: "null" }).output();
  assert(success);
  return path;
}

/** Finds Bun itself, since npx would not pass a signal on. */
async function findBun(): Promise<string> {
  const args = ["-y", "bun@1.4.5", "-e", "console.log(process.execPath)"];
  const { stdout } = await new Deno.Command("npx", { args, stdin: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** The command of the server on each runtime. The folder is for files that it needs. */
const RUNTIMES: Record<string, (folder: string) => Promise<string[]>> = {
  "Deno": () => Promise.resolve(DENO_SERVER),
  "Node": async (folder) => ["node", await bundle(folder)],
  "Bun": async (folder) => [await findBun(), await bundle(folder)],
};

/** A server in a separate process, whose output can be awaited. */
class ServerProcess {
  readonly child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly stderr: Promise<string>;
  stdout = "";

  constructor(child: Deno.ChildProcess) {
    this.child = child;
    this.#output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.stderr = new Response(child.stderr).text();
  }

  /** Waits until the output matches, and returns the match. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match) return match;
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`The server ended: ${this.stdout}${await this.stderr}`);
      this.stdout += value;
    }
  }

  /** Stops the server by a signal and returns its last line. */
  stop(signal: Deno.Signal = "SIGINT"): Promise<string> {
    this.child.kill(signal);
    return this.end();
  }

  /** Waits for the end of the server and returns its last line. */
  async end(): Promise<string> {
    const [summary] = await this.until(/^Requests: \d+, .*$/m);
    assertEquals((await this.child.status).code, 0);
    await this.#output.cancel();
    return summary;
  }
}

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  /** Runs the callback with a server on this runtime. */
  const serving = async (
    flags: string[],
    use: (url: string, server: ServerProcess) => Promise<void>,
    start: (command: readonly string[]) => Deno.ChildProcess = spawn,
  ) => {
    const folder = await Deno.makeTempDir();
    const server = new ServerProcess(
      start([...await command(folder), "--port=0", "--token", "mine", ...flags]),
    );
    const [, url] = await server.until(/PREFACTOR_API_URL=(.*?)\r?\nPREFACTOR_API_TOKEN=mine\r?\n/);
    await use(`${url}/api/v1`, server);
    await Deno.remove(folder, { recursive: true });
  };
  const headers = { authorization: "Bearer mine" };

  Deno.test(`server.ts prints its variables, each request and a summary on ${runtime}`, async () => {
    await serving([], async (url, server) => {
      const statuses = [];
      for (const path of ["ping", "nowhere"]) {
        const response = await fetch(`${url}/${path}`, { headers });
        statuses.push(response.status);
        await response.body?.cancel();
      }
      const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
      const response = await fetch(`${url}/agent_instance/register`, { method: "POST", headers, body: deep });
      statuses.push(response.status, (await response.json()).code);
      assertEquals(statuses, [200, 404, 400, "bad_request"]);
      assertEquals(await server.stop(), "Requests: 3, faults: 0, errors: 2");
      assertMatch(server.stdout, /^GET \/api\/v1\/ping 200\nGET \/api\/v1\/nowhere 404$/m);
      assertEquals(await server.stderr, "");
    });
  });

  Deno.test(`server.ts serves its page and streams what happens on ${runtime}`, async () => {
    await serving([], async (api, server) => {
      const { origin } = new URL(api);
      assertStringIncludes(await (await fetch(origin)).text(), "<title>Prefactor sandbox</title>");
      const { cursor } = await (await fetch(`${origin}/_sandbox/state`)).json();
      const left = await fetch(`${origin}/_sandbox/events?after=${cursor}`);
      await left.body!.cancel();
      const events = await fetch(`${origin}/_sandbox/events?after=${cursor}`);
      const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
      await (await fetch(`${api}/ping`, { headers })).body?.cancel();
      let text = "";
      while (!text.includes("/api/v1/ping")) text += (await reader.read()).value;
      const end = reader.read().catch(() => {});
      const statuses = [];
      for (const from of [origin, "http://localhost:1"]) {
        const init = { method: "POST", headers: { origin: from }, body: "{}" };
        const response = await fetch(`${origin}/_sandbox/faults/clear`, init);
        statuses.push(response.status);
        await response.body?.cancel();
      }
      assertEquals(statuses, [200, 403]);
      assertEquals(await server.stop(), "Requests: 1, faults: 0, errors: 0");
      await end;
      assertEquals(await server.stderr, "");
    });
  });

  Deno.test(`server.ts drops connections on ${runtime}`, async () => {
    await serving(["--faults=1", "--fault-kinds", "refuse,lose,cut"], async (url, server) => {
      for (let n = 0; n < 12; n++) {
        const response = fetch(`${url}/ping`, { headers }).then((response) => response.text());
        await assertRejects(() => response, TypeError);
      }
      assertEquals(await server.stop(), "Requests: 12, faults: 12, errors: 0");
      for (const kind of ["refuse", "lose", "cut"]) {
        assertStringIncludes(server.stdout, `no response (${kind})`);
      }
    });
  });

  Deno.test(`server.ts delays responses and leaves requests without one on ${runtime}`, async () => {
    await serving(["--faults=1", "--fault-kinds=delay"], async (url, server) => {
      assertEquals(await (await fetch(`${url}/ping`, { headers })).json(), { status: "success" });
      assertEquals(await server.stop(), "Requests: 1, faults: 1, errors: 0");
      assertEquals(await server.stderr, "");
    });
    await serving(["--faults=1", "--fault-kinds=hang"], async (url, server) => {
      const response = fetch(`${url}/ping`, { headers });
      const rejection = assertRejects(() => response, TypeError);
      await server.stop();
      await rejection;
      assertEquals(await server.stderr, "");
    });
  });

  Deno.test(`server.ts ends with a summary if it is terminated on ${runtime}`, async () => {
    await serving([], async (_url, server) => {
      assertEquals(await server.stop("SIGTERM"), "Requests: 0, faults: 0, errors: 0");
      assertEquals(await server.stderr, "");
    });
  });

  Deno.test(`server.ts reports that its port is in use and exits with 1 on ${runtime}`, async () => {
    const server = await serveSandbox();
    const folder = await Deno.makeTempDir();
    const { port } = new URL(server.url);
    const { code, stdout, stderr } = await spawn([...await command(folder), "--port", port]).output();
    await server.close();
    await Deno.remove(folder, { recursive: true });
    assertEquals([code, stdout.length, new TextDecoder().decode(stderr).split("\n")], [1, 0, [
      `Cannot listen on 127.0.0.1, port ${port}: the port is in use`,
      "Usage: sandbox [flags], see --help",
      "",
    ]]);
  });

  for (
    const [noColour, status] of [
      ["", "\x1b[32m200\x1b[0m"],
      ["1", "200"],
    ] as const
  ) {
    Deno.test({
      name: `server.ts ${
        noColour ? "respects NO_COLOR" : "uses colours"
      } in a terminal and ends by Ctrl+C on ${runtime}`,
      ignore: !HAS_SCRIPT,
      async fn() {
        await serving([], async (url, server) => {
          await (await fetch(`${url}/ping`, { headers })).body?.cancel();
          await server.until(/ping \S+\r\n/);
          const keyboard = server.child.stdin.getWriter();
          await keyboard.write(new TextEncoder().encode("\x03"));
          assertEquals(await server.end(), "Requests: 1, faults: 0, errors: 0");
          await keyboard.close();
          assertStringIncludes(server.stdout, `\r\nGET /api/v1/ping ${status}\r\n`);
        }, (command) => spawnInTerminal(command, { NO_COLOR: noColour }));
      },
    });
  }
}

Deno.test("server.ts can be imported on Node by a program that is no file", async () => {
  const folder = await Deno.makeTempDir();
  const program = `import ${JSON.stringify(await bundle(folder))}; console.log("imported");`;
  const { code, stdout, stderr } = await spawn([
    ...["node", "--input-type=module", "--eval", program, "not a file"],
  ]).output();
  await Deno.remove(folder, { recursive: true });
  assertEquals([code, ...[stdout, stderr].map((output) => new TextDecoder().decode(output))], [
    0,
    "imported\n",
    "",
  ]);
});

Deno.test("server.ts prints its help and exits with 0", async () => {
  for (const flag of ["--help", "-h"]) {
    const { code, stdout, stderr } = await spawn([...DENO_SERVER, flag]).output();
    assertEquals([code, new TextDecoder().decode(stdout), stderr.length], [0, `${HELP}\n`, 0]);
  }
});

const FLAGS = "--port, --hostname, --token, --faults, --fault-kinds, --seed, --max-records, --max-bytes";
const KINDS = "refuse, lose, cut, delay, status, garbage, redirect, hang";

for (
  const [args, message] of [
    [["--nonsense", "1"], `Cannot start the sandbox: 'flag' must be one of ${FLAGS}, but is "--nonsense"`],
    [["--port"], "Cannot start the sandbox: '--port' must be a non-empty value, but is undefined"],
    [["--seed", "x"], `Cannot start the sandbox: '--seed' must be a number, but is "x"`],
    [
      ["--port", "70000"],
      "Cannot start the sandbox: 'port' must be an integer from 0 to 65535, but is 70000",
    ],
    [["--faults", "2"], "Cannot start the sandbox: 'faults' must be a number from 0 to 1, but is 2"],
    [
      ["--fault-kinds", "cut,burn"],
      `Cannot plan random faults: 'kind' must be one of ${KINDS}, but is "burn"`,
    ],
    [["--max-bytes=0"], "Cannot create the sandbox: 'maxBytes' must be an integer >= 1, but is 0"],
    [["--max-records=0"], "Cannot create the sandbox: 'maxRecords' must be an integer >= 1, but is 0"],
  ] as const
) {
  Deno.test(`server.ts rejects ${args.join(" ")}`, async () => {
    const { code, stderr } = await spawn([...DENO_SERVER, ...args]).output();
    const [first, second] = new TextDecoder().decode(stderr).split("\n");
    assertEquals([code, first], [2, message]);
    assertStringIncludes(second!, "Usage:");
  });
}
