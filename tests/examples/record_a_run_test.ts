import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import type { AgentInstance, AgentSpan } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { drawRun } from "../../examples/record_a_run/tree.ts";

const EXAMPLE = `${import.meta.dirname}/../../examples/record_a_run.ts`;
const IMPORT_MAP = `${import.meta.dirname}/../../tools/std_stand_ins/import_map.json`;
/** Whether the tests use the stand-ins for the standard library. The example then needs them as well. */
const WITH_STAND_INS = import.meta.resolve("@std/async/retry").startsWith("file:");
const ARGS = [
  "run",
  "--quiet",
  "--no-check",
  ...(WITH_STAND_INS ? ["--import-map", IMPORT_MAP] : []),
  "--allow-net",
  "--allow-env",
  "--allow-read",
  EXAMPLE,
];
const ESCAPE = "\x1b";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function runExample(args: string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...ARGS, ...args],
    env: {
      PREFACTOR_API_URL: "",
      PREFACTOR_API_TOKEN: "",
      PREFACTOR_AGENT_ID: "",
      PREFACTOR_ENVIRONMENT_ID: "",
      ...env,
    },
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

/** Returns the rows of the tree with branches, statuses and outcomes, without the parts that differ between runs. */
function rowsOf(stdout: string): string[] {
  return stdout.split("\n")
    .map((line) => /^([├│└─ ]*\w[\w ]*?) +[█▏]+ *(\w+) +\d+ ms {2}(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, label, status, outcome]) => `${label} | ${status} | ${outcome}`);
}

const TREE = [
  "Answer | complete | When do the tulips flower?",
  "├─ Plan | complete | look for tulips, flower",
  "├─ Recall | failed | NotFound: No such file or directory (os err…",
  "├─ List | complete | 3 in all",
  "├─ Search | complete | 2 of 3 files match",
  "├─ Read | complete | beds/bulbs.md, diary.txt",
  "│  ├─ Read file | complete | beds/bulbs.md: line 3 of 4",
  "│  └─ Read file | complete | diary.txt: line 1 of 2",
  "└─ Sum up | complete | beds/bulbs.md:3  Tulips flower in April, an…",
];
const COUNTS = "Spans: 9 total, 0 pending, 0 active, 8 complete, 1 failed, 0 cancelled, 9 finished";

Deno.test("record_a_run.ts answers a question about its own source and displays the run in plain text", async () => {
  const { code, stdout, stderr } = await runExample();

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assert(stdout.startsWith("How long does a retry wait?\n\n"));
  assertMatch(stdout, /^[\w/]+\.ts:\d+ {2}.*\bretr/m);
  assertMatch(stdout, /^Run \w{32} of folder-assistant: complete in \d+ ms$/m);
  assertEquals(rowsOf(stdout).length, 10);
  assertStringIncludes(
    stdout,
    "Spans: 10 total, 0 pending, 0 active, 9 complete, 1 failed, 0 cancelled, 10 finished",
  );
  assertEquals(stdout.includes(ESCAPE), false);
});

Deno.test("record_a_run.ts records at the API of the environment variables", async () => {
  await using folder = await makeFolder();
  const sandbox = new PrefactorSandbox();
  await using server = serve(sandbox);

  const { code, stdout, stderr } = await runExample([folder.path, "When do the tulips flower?"], {
    ...server.env,
    PREFACTOR_AGENT_ID: "gardener",
    PREFACTOR_ENVIRONMENT_ID: "garden",
  });

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(stdout, "beds/bulbs.md:3  Tulips flower in April, and some tulips in May.\n");
  assertEquals(rowsOf(stdout), TREE);
  assertStringIncludes(stdout, COUNTS);

  const [instance] = sandbox.instances.values();
  assertEquals([instance?.agent_id, instance?.environment_id], ["gardener", "garden"]);
  assertEquals([instance?.status, instance?.span_counts.failed], ["complete", 1]);
  const spans = [...sandbox.spans.values()];
  assertEquals(spans.flatMap((span) => span.schema_mismatches ?? []), []);
  const failed = spans.filter(({ status }) => status === "failed");
  assertEquals(failed.map(({ payload }) => payload), [{ path: "assistant-notes.md" }]);
  assertEquals((failed[0]?.result_payload?.["error"] as { name: string }).name, "NotFound");
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
  await using server = serve(new PrefactorSandbox({ deployment: {} }));

  const { code, stdout, stderr } = await runExample(
    [folder.path, "When do the tulips flower?"],
    server.env,
  );

  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^Run \w{32}: 9 spans recorded, 0 failed, 0 dropped$/m);
  assertStringIncludes(stdout, "The token cannot read the run from the API (HTTP 401).");
});

Deno.test("record_a_run.ts records a failed run as failed and exits with an error", async () => {
  await using folder = await makeFolder();

  const { code, stdout, stderr } = await runExample([folder.path, "Any zebras?"]);

  assertEquals(code, 1);
  assertEquals(stderr, "Cannot record the run: None of 3 files contains any of: any, zebras\n");
  assertMatch(stdout, /^Run \w+ of folder-assistant: failed in \d+ ms$/m);
  assertEquals(rowsOf(stdout).map((row) => row.split(" | ")[1]), [
    "failed",
    "complete",
    "failed",
    "complete",
    "failed",
  ]);
});

Deno.test("record_a_run.ts says why it cannot record", async (t) => {
  await using server = serve(new PrefactorSandbox());
  const { PREFACTOR_API_URL = "" } = server.env;
  const cases: { name: string; args?: string[]; env?: Record<string, string>; stderr: RegExp }[] = [
    {
      name: "no such folder",
      args: ["no-such-folder"],
      stderr: /No such file or directory .*no-such-folder/,
    },
    { name: "no token", env: { PREFACTOR_API_URL }, stderr: /PREFACTOR_API_TOKEN is not set/ },
    {
      name: "no URL",
      env: { PREFACTOR_API_TOKEN: "a-token-of-mine" },
      stderr: /PREFACTOR_API_URL is not set/,
    },
    {
      name: "wrong token",
      env: { PREFACTOR_API_URL, PREFACTOR_API_TOKEN: "a-token-of-mine" },
      stderr: /token/,
    },
  ];
  for (const { name, args, env, stderr } of cases) {
    await t.step(name, async () => {
      const outcome = await runExample(args, env);
      assertEquals([outcome.code, outcome.stdout], [1, ""]);
      assertMatch(outcome.stderr, stderr);
      assertMatch(outcome.stderr, /^Cannot record the run: .+\n$/m);
      assertNotMatch(outcome.stderr, /a-token-of-mine/);
    });
  }
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

Deno.test("drawRun() draws each span over its duration", () => {
  assertEquals(drawRun(INSTANCE, [CHILD, ROOT], false).split("\n"), [
    "Run run-1 of gardener: complete in 100 ms",
    "",
    "gardener:water    ████████████████████████ complete   100 ms  watered the tulips",
    "└─ gardener:water             ████████████ failed      50 ms  Error: the can is empty",
    "",
    "Spans: 2 total, 0 pending, 0 active, 1 complete, 1 failed, 0 cancelled, 2 finished",
  ]);
});

Deno.test("drawRun() adds colours to the same text", () => {
  const coloured = drawRun(INSTANCE, [ROOT, CHILD], true);
  assert(coloured.includes(`${ESCAPE}[32m`) && coloured.includes(`${ESCAPE}[31m`));
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.replace(/\x1b\[\d+m/g, ""), drawRun(INSTANCE, [ROOT, CHILD], false));
});

/** Whether `script` of util-linux, which runs a program in a terminal, is installed. */
const HAS_SCRIPT = Deno.build.os === "linux" &&
  await Deno.stat("/usr/bin/script").then(() => true, () => false);

Deno.test({
  name: "record_a_run.ts uses colours on a terminal unless NO_COLOR is set",
  ignore: !HAS_SCRIPT,
  async fn() {
    for (const [noColour, isColoured] of [["", true], ["1", false]] as const) {
      const { stdout } = await new Deno.Command("/usr/bin/script", {
        args: ["-qec", [Deno.execPath(), ...ARGS].map((arg) => `'${arg}'`).join(" "), "/dev/null"],
        env: { PREFACTOR_API_URL: "", PREFACTOR_API_TOKEN: "", NO_COLOR: noColour },
      }).output();
      const text = new TextDecoder().decode(stdout);
      assertStringIncludes(text, "folder-assistant");
      assertEquals(text.includes(`${ESCAPE}[3`), isColoured);
    }
  },
});
