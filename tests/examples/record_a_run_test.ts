import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import type { AgentInstance, AgentSpan } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { wrap } from "../../examples/record_a_run/text.ts";
import { drawRun } from "../../examples/record_a_run/tree.ts";

const EXAMPLE = `${import.meta.dirname}/../../examples/record_a_run.ts`;
const IMPORT_MAP = `${import.meta.dirname}/../../tools/std_stand_ins/import_map.json`;
/** Whether the tests use the stand-ins for the standard library. The example then needs them as well. */
const WITH_STAND_INS = import.meta.resolve("@std/async/retry").startsWith("file:");
const MAP_ARGS = WITH_STAND_INS ? ["--import-map", IMPORT_MAP] : [];
const ARGS = [
  "run",
  "--quiet",
  "--no-check",
  ...MAP_ARGS,
  "--allow-net",
  "--allow-env",
  "--allow-read",
  EXAMPLE,
];
const SERVER = `${import.meta.dirname}/../../src/testing/server.ts`;
const ESCAPE = "\x1b";

/** The environment in which the program serves an API of its own. */
const OWN_API = {
  PREFACTOR_API_URL: "",
  PREFACTOR_API_TOKEN: "",
  PREFACTOR_AGENT_ID: "",
  PREFACTOR_ENVIRONMENT_ID: "",
};

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function runExample(args: string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...ARGS, ...args],
    env: { ...OWN_API, ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Creates a folder with three files, two of which mention tulips. */
async function makeFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  await Deno.mkdir(`${path}/beds`);
  await Deno.writeTextFile(
    `${path}/beds/bulbs.md`,
    "# Bulbs\n\nTulips flower in April, and some tulips in May.\n",
  );
  await Deno.writeTextFile(`${path}/diary.txt`, "First tulips seen.\n");
  await Deno.writeTextFile(`${path}/bees.txt`, "Nothing yet.\n");
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

/** Returns the rows of the tree with branches, signs and the beginning of outcomes, without the parts that differ between runs. */
function rowsOf(stdout: string): string[] {
  return stdout.split("\n")
    .map((line) => /^([├│└─ ]*\w[\w ]*?) +[▐█▌]+ *\d+ ms ([✓✗]) ?(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, label, sign, outcome]) => `${label} | ${sign} | ${outcome!.slice(0, 28)}`);
}

const TREE = [
  "Answer | ✓ | When do the tulips flower?",
  "├─ Plan | ✓ | look for 2 words",
  "├─ Recall | ✗ | PlannedFailure: no notes yet",
  "├─ List | ✓ | 3 files",
  "├─ Search | ✓ | 2 of 3 files match",
  "├─ Read | ✓ | 2 files",
  "│  ├─ Read file | ✓ | line 3 of beds/bulbs.md",
  "│  └─ Read file | ✓ | line 1 of diary.txt",
  "└─ Sum up | ✓ | beds/bulbs.md:3  Tulips flow",
];
const RETRY = /^↻ POST \/api\/v1\/bulk failed with 503, sent again after \d+ ms$/m;

Deno.test("record_a_run.ts says what follows, answers, shows a retry and the run, and says what to do next", async () => {
  const { code, stdout, stderr } = await runExample();

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const paragraphs = stdout.split("\n\n");
  assertEquals(paragraphs[0]!.split("\n"), [
    "A small assistant answers a question by quoting files, and records each step.",
    "The API is in memory. The step Recall and one request fail, as planned.",
  ]);
  assertMatch(stdout, /^How long does a retry wait\?\n {2}[\w/]+\.ts:\d+ {2}.*\bretr/m);
  assertMatch(stdout, RETRY);
  assertMatch(stdout, /^Run \w{32}: complete after \d+ ms$/m);
  assertEquals(rowsOf(stdout).length, 10);
  assertStringIncludes(stdout, "\n\n10 spans: 9 complete, 1 failed\n");
  assertMatch(paragraphs.at(-2)!, /^Try:\n(?: {2}deno task demo .+\n){3} {2}deno task demo .+$/);
  assertEquals(paragraphs.at(-1), "The program is examples/record_a_run.ts.\n");
  assertEquals(stdout.includes(ESCAPE), false);
});

Deno.test("record_a_run.ts takes the question without quotes too", async () => {
  await using folder = await makeFolder();
  const { stdout, stderr } = await runExample([
    "When",
    "do",
    "the",
    "tulips flower?",
    "--folder",
    folder.path,
  ]);
  assertEquals([rowsOf(stdout), stderr], [TREE, ""]);
});

Deno.test("record_a_run.ts --terminate adds a run that ends when a person terminates it", async () => {
  const { code, stdout, stderr } = await runExample(["--terminate"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [, second] = stdout.split("Now it ponders the question, until someone terminates the run.\n");
  assertMatch(second!, /^Run \w{32}: terminated after \d+ ms \(Over budget\)$/m);
  assertEquals(rowsOf(second!), [
    "Answer | ✗ | PrefactorTerminatedError: Ag",
    "├─ Plan | ✓ | look for 3 words",
    "└─ Ponder | ✗ | PrefactorTerminatedError: Ag",
  ]);
});

Deno.test("record_a_run.ts --page serves the run until Ctrl+C", async () => {
  const args = [...ARGS, "--page"];
  const child = new Deno.Command(Deno.execPath(), { args, env: OWN_API, stdout: "piped" }).spawn();
  let stdout = "";
  let status: number | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += chunk;
    const url = /^Open (\S+) to see the run\. Ctrl\+C ends the demo\.\n/m.exec(stdout)?.[1];
    if (!url || status) continue;
    const response = await fetch(`${url}/api/v1/ping`);
    await response.body?.cancel();
    status = response.status;
    child.kill("SIGINT");
  }
  assertEquals(status, 401); // the sandbox responds, and wants its token
  assertEquals((await child.status).code, 0);
});

Deno.test("record_a_run.ts records at the API of the environment variables", async () => {
  await using folder = await makeFolder();
  const sandbox = new PrefactorSandbox();
  await using server = serve(sandbox);

  const { code, stdout, stderr } = await runExample(["--folder", folder.path, "When do the tulips flower?"], {
    ...server.env,
    PREFACTOR_AGENT_ID: "gardener",
    PREFACTOR_ENVIRONMENT_ID: "garden",
  });

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(stdout, "beds/bulbs.md:3  Tulips flower in April, and some tulips in May.\n");
  assertEquals(rowsOf(stdout), TREE);
  assertStringIncludes(stdout, "\n\n9 spans: 8 complete, 1 failed\n");

  const [instance] = sandbox.instances.values();
  assertEquals([instance?.agent_id, instance?.environment_id], ["gardener", "garden"]);
  assertEquals([instance?.status, instance?.span_counts.failed], ["complete", 1]);
  const spans = [...sandbox.spans.values()];
  assertEquals(spans.flatMap((span) => span.schema_mismatches ?? []), []);
  const failed = spans.filter(({ status }) => status === "failed");
  assertEquals(failed.map(({ payload, result_payload }) => [payload, result_payload]), [
    [{ words: ["tulips", "flower"] }, { error: { name: "PlannedFailure", message: "no notes yet" } }],
  ]);
  for (const { started_at, finished_at } of spans) {
    assert(instance?.started_at! <= started_at! && started_at! <= finished_at!);
    assert(finished_at! <= instance?.finished_at!);
  }
  const bulkRequests = sandbox.requests.filter(({ path }) => path === "/api/v1/bulk");
  assert(bulkRequests.length >= 1 && bulkRequests.length <= 3, `${bulkRequests.length} bulk requests`);
  assertEquals(stdout.includes(folder.path), false);
});

Deno.test("record_a_run.ts says how much it recorded if the token cannot read", async () => {
  await using folder = await makeFolder();
  await using server = serve(new PrefactorSandbox({ deployment: { agentId: "folder-assistant" } }));

  const { code, stdout, stderr } = await runExample(
    ["--folder", folder.path, "When do the tulips flower?"],
    server.env,
  );

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^Run \w{32}: 9 spans recorded, 0 failed, 0 dropped$/m);
  assertStringIncludes(stdout, "The token cannot read the run from the API (HTTP 401).");
});

Deno.test("record_a_run.ts records a failed run as failed and exits with an error", async () => {
  await using folder = await makeFolder();

  const { code, stdout, stderr } = await runExample(["--folder", folder.path, "Any zebras?"]);

  assertEquals(code, 1);
  assertEquals(stderr, "Cannot record the run: None of 3 files contains any of: any, zebras\n");
  assertMatch(stdout, /^Run \w+: failed after \d+ ms$/m);
  assertEquals(rowsOf(stdout).map((row) => row.split(" | ")[1]), [..."✗✓✗✓✗"]);
});

Deno.test("record_a_run.ts says why it cannot record", async (t) => {
  await using server = serve(new PrefactorSandbox());
  const { PREFACTOR_API_URL = "", PREFACTOR_API_TOKEN = "" } = server.env;
  const token = { PREFACTOR_API_TOKEN: "a-token-of-mine" };
  const cases: { name: string; args?: string[]; env?: Record<string, string>; stderr: RegExp }[] = [
    {
      name: "the folder does not exist",
      args: ["--folder", "no-such-folder"],
      stderr: /No such file or directory .*no-such-folder/,
    },
    { name: "the flag is unknown", args: ["--pages"], stderr: /Unknown option '--pages'/ },
    { name: "the question has no word", args: ["and"], stderr: /"and" has no word to search for/ },
    { name: "the token is not set", env: { PREFACTOR_API_URL }, stderr: /PREFACTOR_API_TOKEN is not set/ },
    { name: "the URL is not set", env: token, stderr: /PREFACTOR_API_URL is not set/ },
    { name: "the token is wrong", env: { PREFACTOR_API_URL, ...token }, stderr: /token/ },
    {
      name: "the page is wanted of another API",
      args: ["--page"],
      env: { PREFACTOR_API_URL, PREFACTOR_API_TOKEN },
      stderr: /--page serves an API in memory, but PREFACTOR_API_URL is set/,
    },
  ];
  for (const { name, args, env, stderr } of cases) {
    await t.step(name, async () => {
      const outcome = await runExample(args, env);
      assertEquals(outcome.code, 1);
      assertMatch(outcome.stderr, stderr);
      assertMatch(outcome.stderr, /^Cannot record the run: .+\n$/m);
      assertNotMatch(outcome.stdout + outcome.stderr, /a-token-of-mine/);
    });
  }
});

Deno.test("record_a_run.ts records at a sandbox in another process with the two variables that it prints", async () => {
  await using folder = await makeFolder();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...MAP_ARGS, "--allow-net", SERVER, "--port", "0"],
    stdout: "piped",
  }).spawn();
  let log = "";
  let outcome: Outcome | undefined;
  for await (const chunk of server.stdout.pipeThrough(new TextDecoderStream())) {
    log += chunk;
    const variables = [...log.matchAll(/^(PREFACTOR_\w+)=(.*)\n/gm)].map(([, name, value]) => [name, value]);
    if (variables.length < 2 || outcome) continue;
    const args = ["--terminate", "--folder", folder.path, "When do the tulips flower?"];
    outcome = await runExample(args, Object.fromEntries(variables));
    server.kill("SIGINT");
  }
  assertEquals((await server.status).code, 0);

  const { code, stdout, stderr } = outcome!;
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const url = /^PREFACTOR_API_URL=(.*)$/m.exec(log)![1];
  assertStringIncludes(stdout, `\nIt records to ${url}. The step Recall fails, as planned.\n`);
  assertEquals(rowsOf(stdout).slice(0, TREE.length), TREE);
  assertMatch(stdout, /^Run \w{32}: terminated after \d+ ms \(Over budget\)$/m);
  assertEquals(log.match(/register 200$/gm)?.length, 2);
});

Deno.test("record_a_run.ts --help lists what it can do", async () => {
  const { code, stdout } = await runExample(["--help"]);
  assertEquals(code, 0);
  for (const flag of ["--folder", "--terminate", "--page"]) assertStringIncludes(stdout, flag);
});

Deno.test("README.md shows the tree that the demo prints", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const { stdout } = await runExample();
  const shapeOf = (text: string) => rowsOf(text).map((row) => row.split(" | ").slice(0, 2));
  assertEquals(shapeOf(readme), shapeOf(stdout));
});

const NOW = "2026-01-01T12:00:00.000Z";
const LATER = "2026-01-01T12:00:00.100Z";
const INSTANCE: AgentInstance = {
  type: "agent_instance",
  id: "run-1",
  account_id: "account-1",
  agent_id: "gardener",
  agent_version_id: "version-1",
  environment_id: "garden",
  status: "complete",
  inserted_at: NOW,
  updated_at: LATER,
  started_at: NOW,
  finished_at: LATER,
  span_counts: { total: 2, pending: 0, active: 0, complete: 1, failed: 1, cancelled: 0, finished: 2 },
};
const ROOT: AgentSpan = {
  type: "agent_span",
  id: "span-1",
  agent_instance_id: "run-1",
  schema_name: "gardener:water",
  status: "complete",
  summary: "watered the tulips",
  started_at: NOW,
  finished_at: LATER,
};
const CHILD: AgentSpan = {
  ...ROOT,
  id: "span-2",
  parent_span_id: "span-1",
  status: "failed",
  result_payload: { error: { name: "Error", message: "the can is empty" } },
  started_at: "2026-01-01T12:00:00.050Z",
};

const WIDTHS = [40, 80, 200] as const;

for (
  const [columns, root, child, failures] of [
    [40, "█████████████ 100 ms ✓", "      ▐██████  50 ms ✗", ["✗ gardener:water: Error: the can is emp…"]],
    [
      80,
      "█████████████████████ 100 ms ✓ watered the tulips",
      "          ▐██████████  50 ms ✗ Error: the can is empty",
      [],
    ],
    [
      200,
      `${"█".repeat(69)} 100 ms ✓ watered the tulips`,
      `${" ".repeat(34)}▐${"█".repeat(34)}  50 ms ✗ Error: the can is empty`,
      [],
    ],
  ] as const
) {
  Deno.test(`drawRun() draws each span over its duration in ${columns} columns`, () => {
    assertEquals(drawRun(INSTANCE, [CHILD, ROOT], { columns, useColour: false }).split("\n"), [
      "Run run-1: complete after 100 ms",
      "",
      `gardener:water    ${root}`,
      `└─ gardener:water ${child}`,
      "",
      ...failures,
      "2 spans: 1 failed, 1 complete",
    ]);
  });
}

Deno.test("drawRun() draws the start and the end of a span to half a character", () => {
  const middle = {
    ...CHILD,
    started_at: "2026-01-01T12:00:00.026Z",
    finished_at: "2026-01-01T12:00:00.073Z",
  };
  const drawn = drawRun(INSTANCE, [ROOT, middle], { columns: 80, useColour: false });
  assertStringIncludes(drawn, "└─ gardener:water      ██████████▌       47 ms ✗ Error");
});

Deno.test("drawRun() fits long texts and deep trees into every width", () => {
  const spans = Array.from({ length: 30 }, (_, n): AgentSpan => ({
    ...ROOT,
    id: `${n}`,
    parent_span_id: n === 0 ? null : `${n - 1}`,
    summary: "tulips\n\x1b[31m and more ".repeat(30),
  }));
  for (const columns of WIDTHS) {
    const lines = drawRun(INSTANCE, spans, { columns, useColour: false }).split("\n");
    assertEquals(lines.length, 30 + 4);
    for (const line of lines) assert([...line].length <= columns && !line.includes(ESCAPE), line);
  }
});

Deno.test("drawRun() adds colours to the same text", () => {
  const coloured = drawRun(INSTANCE, [ROOT, CHILD], { columns: 80, useColour: true });
  assert(coloured.includes(`${ESCAPE}[32m`) && coloured.includes(`${ESCAPE}[31m`));
  assertEquals(withoutColours(coloured), drawRun(INSTANCE, [ROOT, CHILD], { columns: 80, useColour: false }));
});

Deno.test("wrap() breaks lines at spaces, and words that are longer than a line", () => {
  assertEquals(wrap("one two three", 8), "one two\nthree");
  assertEquals(wrap("one\n\ntwo", 8, "  "), "  one\n\n  two");
  assertEquals(wrap("a wonderful day", 8), "a\nwonderfu\nl day");
});

function withoutColours(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[\d+m/g, "");
}

/** Whether `script` of util-linux, which runs a program in a terminal, is installed. */
const HAS_SCRIPT = Deno.build.os === "linux" &&
  await Deno.stat("/usr/bin/script").then(() => true, () => false);

/** Runs the example in a terminal of that many columns. */
async function runInTerminal(columns: number, env: Record<string, string> = {}): Promise<string> {
  const command = [Deno.execPath(), ...ARGS].map((arg) => `'${arg}'`).join(" ");
  const { stdout } = await new Deno.Command("/usr/bin/script", {
    args: ["-qec", `stty cols ${columns}; exec ${command} --terminate`, "/dev/null"],
    env: { ...OWN_API, NO_COLOR: "", ...env },
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
}

for (const columns of WIDTHS) {
  Deno.test({
    name: `record_a_run.ts fits into a terminal of ${columns} columns, with its bars and times aligned`,
    ignore: !HAS_SCRIPT,
    async fn() {
      const stdout = withoutColours(await runInTerminal(columns));
      for (const line of stdout.split("\n")) assert([...line].length <= columns, line);
      const trees = stdout.split("\n\n").filter((paragraph) => paragraph.startsWith("Answer "));
      assertEquals(trees.map((tree) => rowsOf(tree).length), [10, 3]);
      for (const tree of trees) {
        const signs = tree.split("\n").map((line) => line.search(/ ms [✓✗]/));
        assertEquals(new Set(signs).size, 1, tree);
      }
      assertStringIncludes(stdout, "PlannedFailure: no notes yet");
      assertMatch(stdout, /\n\n↻ POST \/api\/v1\/bulk failed with 503,\s/);
    },
  });
}

Deno.test({
  name: "record_a_run.ts uses colours on a terminal unless NO_COLOR is set",
  ignore: !HAS_SCRIPT,
  async fn() {
    for (const [noColour, isColoured] of [["", true], ["1", false]] as const) {
      const text = await runInTerminal(80, { NO_COLOR: noColour });
      assertEquals(rowsOf(withoutColours(text)).length, 13);
      assertEquals(text.includes(`${ESCAPE}[3`), isColoured);
    }
  },
});
