import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { PageChanges } from "../../../src/testing/page/rows.ts";
import { Feed } from "../../../src/testing/page/feed.ts";
import { watchSandbox } from "../../../src/testing/sandbox.ts";
import { PrefactorSandbox, type SandboxOptions } from "@prefactor/http/testing";
import { Caller } from "../helpers.ts";

/** Creates a feed of a sandbox, with a caller of that sandbox. */
function setUp(options: SandboxOptions = {}) {
  const caller = new Caller(new PrefactorSandbox(options));
  const feed: Feed = new Feed(watchSandbox(caller.sandbox, () => feed.notify()));
  return { caller, feed };
}

/** An event of a stream. */
interface Received {
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly changes: PageChanges;
}

/** Reads a stream of events. */
class Events {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Returns the next event, or `undefined` at the end. */
  async next(): Promise<Received | undefined> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      const text = new TextDecoder().decode(value);
      const data = /^data: (.*)$/m.exec(text)?.[1];
      if (data === undefined) continue;
      return {
        id: /^id: (.*)$/m.exec(text)?.[1],
        type: /^event: (.*)$/m.exec(text)?.[1],
        changes: JSON.parse(data),
      };
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

const signal = new AbortController().signal;

Deno.test("Feed.state() has all rows", async () => {
  const { caller, feed } = setUp();
  const id = await caller.start();
  const { json: { details } } = await caller.createSpan(id);
  const state = feed.state();
  assertEquals(state.agents, [{ id: "librarian", name: null }]);
  assertEquals(state.runs.map(({ id, status }) => [id, status]), [[id, "active"]]);
  assertEquals(state.spans.map(({ id, run_id }) => [id, run_id]), [[details.id, id]]);
  assertEquals(state.requests.length, 3);
  assertEquals(state.removed, { runs: [], spans: [], requests: [] });
  assertEquals(state.faults, { planned: [], random: null });
});

Deno.test("Feed.stream() sends what has changed since the cursor, once", async () => {
  const { caller, feed } = setUp();
  const first = await caller.start();
  const { cursor } = feed.state();
  const second = await caller.start();
  const events = new Events(feed.stream(cursor, signal));
  const received = (await events.next())!;
  assertEquals(received.changes.runs.map(({ id }) => id), [second]);
  assertEquals(received.id, received.changes.cursor);
  await caller.createSpan(first);
  const { changes } = (await events.next())!;
  assertEquals([changes.runs.map(({ id }) => id), changes.spans.length, changes.requests.length], [
    [first],
    1,
    1,
  ]);
  await events.cancel();
});

Deno.test("Feed.stream() resumes after the last event that a reader received", async () => {
  const { caller, feed } = setUp();
  const { cursor } = feed.state();
  const lost = new Events(feed.stream(cursor, signal));
  const { id } = (await lost.next())!;
  await lost.cancel();
  const run = await caller.start();
  const events = new Events(feed.stream(id!, signal));
  assertEquals((await events.next())!.changes.runs.map(({ id }) => id), [run]);
  await events.cancel();
});

Deno.test("Feed.stream() names the records that were dropped", async () => {
  const { caller, feed } = setUp({ maxRecords: 2 });
  const first = await caller.register();
  const { cursor } = feed.state();
  await caller.register();
  await caller.register();
  const events = new Events(feed.stream(cursor, signal));
  const { removed, runs } = (await events.next())!.changes;
  assertEquals([removed.runs, runs.length, removed.requests.length], [[first], 2, 1]);
  await events.cancel();
});

Deno.test("Feed.stream() combines the changes within 50 ms in one event", async () => {
  using time = new FakeTime();
  const { caller, feed } = setUp();
  const events = new Events(feed.stream(feed.state().cursor, signal));
  const opened = events.next();
  await time.tickAsync(50);
  assertEquals((await opened)!.changes.runs, []);
  const next = events.next();
  for (let n = 0; n < 20; n++) {
    await caller.register();
    await time.tickAsync(1);
  }
  await time.tickAsync(30);
  assertEquals((await next)!.changes.runs.length, 20);
  await events.cancel();
});

for (
  const [name, cursorOf] of [
    ["of another sandbox", () => setUp().feed.state().cursor],
    ["that is no cursor", () => "nonsense"],
    ["without a change", ({ cursor }: PageChanges) => cursor.replace(/\d+$/, "")],
    ["that is empty", () => ""],
  ] as const
) {
  Deno.test(`Feed.stream() sends a reset and ends for a cursor ${name}`, async () => {
    const { feed } = setUp();
    const events = new Events(feed.stream(cursorOf(feed.state()), signal));
    assertEquals([(await events.next())!.type, await events.next()], ["reset", undefined]);
  });
}

Deno.test("Feed.stream() sends a reset when the sandbox is reset", async () => {
  const { caller, feed } = setUp();
  const events = new Events(feed.stream(feed.state().cursor, signal));
  assertEquals((await events.next())!.type, undefined);
  caller.sandbox.reset();
  assertEquals((await events.next())!.type, "reset");
});

Deno.test("Feed.stream() ends when the signal aborts, even while it waits", async () => {
  const { feed } = setUp();
  const controller = new AbortController();
  const events = new Events(feed.stream(feed.state().cursor, controller.signal));
  await events.next();
  const next = events.next();
  controller.abort();
  assertEquals(await next, undefined);
  assertEquals(await new Events(feed.stream(feed.state().cursor, controller.signal)).next(), undefined);
});

Deno.test("Feed.notify() wakes every stream", async () => {
  const { caller, feed } = setUp();
  const streams = [1, 2, 3].map(() => new Events(feed.stream(feed.state().cursor, signal)));
  for (const stream of streams) await stream.next();
  caller.sandbox.faults.next({ kind: "cut" }, { times: 2 });
  feed.notify();
  for (const stream of streams) {
    assertEquals((await stream.next())!.changes.faults.planned, [{ fault: { kind: "cut" }, left: 2 }]);
    await stream.cancel();
  }
});

Deno.test("Feed never sends the token", async () => {
  const token = "eyJhbGciOiJub25lIn0.secret/+value";
  const { caller, feed } = setUp({ token });
  const id = await caller.start({ agent_id: token, external_identifier: `id-${token}` });
  await caller.createSpan(id, { schema_name: token, payload: { [token]: token }, id: token });
  await caller.get(`ping?a=${encodeURIComponent(token)}`);
  caller.sandbox.terminate(id, token);
  const text = JSON.stringify(feed.state());
  assert(text.includes("[token]"));
  assert(!text.includes("secret"), text);
});
