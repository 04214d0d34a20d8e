import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { PrefactorClientError } from "../../mod.ts";
import { type RecorderOptions, recordRun, RunRecorder } from "../../src/recorder/mod.ts";
import { AGENT, makeSandbox } from "./setup.ts";

Deno.test("RunRecorder() throws for an invalid option, and recordRun() rejects without calling the work", async () => {
  const { sandbox, client } = makeSandbox();
  const table: [options: unknown, message: string][] = [
    [null, "'options' must be an object, but is null"],
    [{ maxDelay: -1 }, "'maxDelay' must be a finite number of ms > 0, but is -1"],
    [{ finishTimeout: 0 }, "'finishTimeout' must be a finite number of ms > 0, but is 0"],
    [{ terminationPoll: "1" }, "'terminationPoll' must be a finite number of ms > 0"],
    [{ maxItems: 0 }, "'maxItems' must be an integer >= 1, but is 0"],
    [{ maxBytes: 0 }, "'maxBytes' must be an integer >= 1, but is 0"],
    [{ maxPendingSpans: 0 }, "'maxPendingSpans' must be an integer >= 1, but is 0"],
    [{ maxPendingBytes: 1.5 }, "'maxPendingBytes' must be an integer >= 1, but is 1.5"],
    [{ onProblem: "log" }, "'onProblem' must be a function"],
    [{ waitUntil: {} }, "'waitUntil' must be a function"],
  ];
  for (const [options, message] of table) {
    const error = assertThrows(
      () => new RunRecorder(client, AGENT, options as RecorderOptions),
      PrefactorClientError,
    );
    assert(error.message.startsWith(`Cannot record the run: ${message}`), error.message);
    const work = spy(() => {});
    await assertRejects(
      () => recordRun(client, AGENT, work, options as RecorderOptions),
      PrefactorClientError,
    );
    assertSpyCalls(work, 0);
  }
  assertEquals(sandbox.requests.length, 0);
});
