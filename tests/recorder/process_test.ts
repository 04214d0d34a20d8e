import { assert, assertEquals, assertLess } from "@std/assert";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { bundle, isInstalled, runProgram, RUNTIMES } from "../faults/programs.ts";

/** The longest time that a process may keep running after its last line of output, in ms. */
const MAX_LINGER = 2_500;

interface Program {
  /** The program after the run was created. */
  readonly steps: string;
  readonly options?: string;
  /** Whether the API is down. */
  readonly isDown?: boolean;
  /** The number of spans that arrive. */
  readonly spans?: number;
  readonly output?: string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  "sends waiting spans before the process ends": {
    options: "{ maxDelay: 500 }",
    steps: `run.startSpan("step").finish(); run.startSpan("step"); console.log("done");`,
    spans: 2,
  },
  "does not keep the process alive between polls": {
    options: "{ terminationPoll: 60_000 }",
    steps: `await run.ready; console.log("done");`,
  },
  "does not keep the process alive while the API is down": {
    isDown: true,
    steps: `run.startSpan("step").finish(); console.log("done");`,
  },
  "does not keep the process alive after a flush": {
    steps: `run.startSpan("step"); await run.flush({ timeout: 60_000 }); console.log("done");`,
    spans: 1,
  },
  "keeps the process alive while a flush is awaited": {
    isDown: true,
    steps:
      `run.startSpan("step"); const { pending } = await run.flush({ timeout: 2_000 }); console.log(pending);`,
    output: "1\n",
  },
  "keeps the process alive while a finish is awaited": {
    isDown: true,
    steps:
      `run.startSpan("step"); const { dropped } = await run.finish({ timeout: 2_000 }); console.log(dropped);`,
    output: "1\n",
  },
  "causes no unhandled rejection": {
    options: "{ finishTimeout: 200 }",
    isDown: true,
    steps: `
      const span = run.startSpan("step");
      span.id; run.ready;
      run.span("step", () => 1);
      await run.finish();
      span.id; run.startSpan("step").id;
      console.log("done");`,
  },
};

function makeProgram(
  path: string,
  apiUrl: string,
  apiToken: string,
  { options = "{}", steps }: Program,
): string {
  return `
    import { PrefactorHttpClient, RunRecorder } from ${JSON.stringify(path)};
    const config = { apiUrl: ${JSON.stringify(apiUrl)}, apiToken: ${
    JSON.stringify(apiToken)
  }, maxRetries: 0 };
    const client = new PrefactorHttpClient(config);
    const params = { agent_id: "a", agent_version: {}, agent_schema_version: {} };
    const run = new RunRecorder(client, params, ${options});
    ${steps}
  `;
}

/** Returns the URL of a port that nobody listens on. */
function closedPort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${listener.addr.port}`;
}

for (const [command, args] of Object.entries(RUNTIMES)) {
  const name = command.split("/").at(-1)!;
  Deno.test({
    name: `RunRecorder() in a ${name} process`,
    ignore: !await isInstalled(command),
    async fn(t) {
      const directory = await Deno.makeTempDir();
      const path = await bundle(directory, ["mod.ts", "src/recorder/mod.ts"]);
      const sandbox = new PrefactorSandbox();
      const { apiToken } = sandbox.config();
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, sandbox.fetch);
      for (const [title, program] of Object.entries(PROGRAMS)) {
        await t.step(title, async () => {
          sandbox.reset();
          const apiUrl = program.isDown ? closedPort() : `http://127.0.0.1:${server.addr.port}`;
          const file = `${directory}/program.mjs`;
          await Deno.writeTextFile(file, makeProgram(path, apiUrl, apiToken, program));
          const { output, success, lingered } = await runProgram(command, [...args, file]);
          assert(success);
          assertEquals(output, program.output ?? "done\n");
          assertEquals(sandbox.spans.size, program.spans ?? 0);
          assertLess(lingered, MAX_LINGER);
        });
      }
      await Deno.remove(directory, { recursive: true });
    },
  });
}
