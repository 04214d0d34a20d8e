import { assertEquals, assertLess } from "@std/assert";
import { bundle, isInstalled, runProgram, RUNTIMES } from "./programs.ts";
import { FAILURE, type Play, rawResponse, RawServer, SUCCESS } from "./raw_server.ts";

/** The longest time that an idle client may keep its process alive, in ms. */
const MAX_LINGER = 2_500;
/** Responds depending on the path, and keeps every connection open. */
const play: Play = async (connection) => {
  for (let request; (request = await connection.request());) {
    if (request.line.includes("/hang")) return await connection.gone();
    const headers = { connection: "keep-alive" };
    const isBusy = request.line.includes("/busy");
    await connection.send(isBusy ? rawResponse(503, headers, FAILURE) : rawResponse(200, headers, SUCCESS));
  }
};

/** The programs. Only the last one closes its client. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "creates a client": "",
  "makes a call": `await client.request("POST", "/x", { json: {} });`,
  "makes many calls": `await Promise.all(Array.from({ length: 50 }, () => client.request("GET", "/x")));`,
  "runs into a timeout": `await failure(client.request("GET", "/hang", { timeout: 50, maxRetries: 0 }));`,
  "receives an error": `await failure(client.request("GET", "/busy", { maxRetries: 0 }));`,
  "aborts a call": `
    const controller = new AbortController();
    const call = failure(client.request("GET", "/hang", { signal: controller.signal }));
    await client.request("GET", "/x");
    controller.abort();
    await call;`,
  "aborts the delay before a retry": `
    const controller = new AbortController();
    const call = failure(client.request("GET", "/busy", { signal: controller.signal }));
    await client.request("GET", "/x");
    await client.request("GET", "/x");
    controller.abort();
    await call;`,
  "closes its client during a call": `
    const call = failure(client.request("GET", "/hang"));
    await client.close({ timeout: 50 });
    await call;`,
};

function makeProgram(bundle: string, apiUrl: string, steps: string): string {
  return `
    import { PrefactorHttpClient } from ${JSON.stringify(bundle)};
    const client = new PrefactorHttpClient({
      apiUrl: ${JSON.stringify(apiUrl)},
      apiToken: "some-token",
      initialRetryDelay: 60_000,
    });
    const failure = (call) => call.then(() => Promise.reject(new Error("It succeeded")), () => {});
    ${steps}
    console.log("done");
  `;
}

for (const [command, args] of Object.entries(RUNTIMES)) {
  const name = command.split("/").at(-1)!;
  Deno.test({
    name: `PrefactorHttpClient() does not keep an idle ${name} process alive`,
    ignore: !await isInstalled(command),
    async fn(t) {
      const directory = await Deno.makeTempDir();
      const path = await bundle(directory, ["mod.ts"]);
      await using server = await RawServer.start(play);
      for (const [program, steps] of Object.entries(PROGRAMS)) {
        await t.step(program, async () => {
          const file = `${directory}/program.mjs`;
          await Deno.writeTextFile(file, makeProgram(path, server.url, steps));
          const { output, lingered } = await runProgram(command, [...args, file]);
          assertEquals(output, "done\n");
          assertLess(lingered, MAX_LINGER);
        });
      }
      await Deno.remove(directory, { recursive: true });
    },
  });
}
