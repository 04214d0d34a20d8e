import { assertEquals, assertInstanceOf, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorApiError, PrefactorHttpError, PrefactorNetworkError } from "../../mod.ts";
import { failure, failureOf, ignoreSignal, json, makeClient, ok, outcome, settle, turn } from "../helpers.ts";

/** Creates a `fetch` that holds each request until `open()` is called with its path. */
function makeGate() {
  const waiting = new Map<string, (response: Response | Promise<Response>) => void>();
  const arrived: string[] = [];
  let most = 0;
  return {
    arrived,
    most: () => most,
    fetch: ({ url }: { url: string }) => {
      const name = new URL(url).pathname;
      arrived.push(name);
      return new Promise<Response>((resolve) => {
        waiting.set(name, resolve);
        most = Math.max(most, waiting.size);
      });
    },
    open(name: string, response: Response | Promise<Response> = ok()): void {
      const resolve = waiting.get(name);
      waiting.delete(name);
      resolve!(response);
    },
  };
}

Deno.test("maxConcurrency limits the requests in flight and sends the others in order", async () => {
  const gate = makeGate();
  const { client } = makeClient(gate.fetch, { maxConcurrency: 2 });
  const calls = ["/a", "/b", "/c", "/d", "/e"].map((path) => client.request("GET", path));
  await turn();
  assertEquals(gate.arrived, ["/a", "/b"]);
  gate.open("/b");
  await turn();
  assertEquals(gate.arrived, ["/a", "/b", "/c"]);
  gate.open("/a");
  gate.open("/c");
  await turn();
  assertEquals(gate.arrived, ["/a", "/b", "/c", "/d", "/e"]);
  gate.open("/e");
  gate.open("/d");
  await Promise.all(calls);
  assertEquals(gate.most(), 2);
});

Deno.test("maxConcurrency defaults to 100", async () => {
  const gate = makeGate();
  const { client } = makeClient(gate.fetch);
  const calls = Array.from({ length: 101 }, (_, i) => client.request("GET", `/${i}`));
  await turn();
  assertEquals(gate.arrived.length, 100);
  gate.open("/0");
  await turn();
  assertEquals(gate.arrived.length, 101);
  for (let i = 1; i <= 100; i++) gate.open(`/${i}`);
  await Promise.all(calls);
});

Deno.test("maxConcurrency counts a request until its response has been read completely", async () => {
  let finish!: () => void;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      finish = () => {
        controller.enqueue(new TextEncoder().encode("{}"));
        controller.close();
      };
    },
  });
  const { client, sent } = makeClient((_sent, index) => index === 0 ? new Response(body) : ok(), {
    maxConcurrency: 1,
  });
  const first = client.request("GET", "/a");
  const second = client.request("GET", "/b");
  await turn();
  assertEquals(sent.length, 1);
  finish();
  await Promise.all([first, second]);
  assertEquals(sent.length, 2);
});

Deno.test("an abort in the queue removes the call and does not free a slot twice", async () => {
  const gate = makeGate();
  const { client } = makeClient(gate.fetch, { maxConcurrency: 1 });
  const controller = new AbortController();
  const a = client.request("GET", "/a");
  const b = failureOf(client.request("GET", "/b", { signal: controller.signal }));
  const c = client.request("GET", "/c");
  const d = client.request("GET", "/d");
  await turn();
  const reason = new Error("Aborted in the queue");
  controller.abort(reason);
  assertStrictEquals(await b, reason);
  await turn();
  assertEquals(gate.arrived, ["/a"]);
  for (const name of ["/a", "/c"]) {
    gate.open(name);
    await turn();
  }
  assertEquals(gate.arrived, ["/a", "/c", "/d"]);
  gate.open("/d");
  await Promise.all([a, c, d]);
  assertEquals(gate.most(), 1);
});

Deno.test("an abort when the call gets its slot passes the slot on", async () => {
  const gate = makeGate();
  const { client } = makeClient(gate.fetch, { maxConcurrency: 1 });
  const controller = new AbortController();
  const a = client.request("GET", "/a").then(() => controller.abort("now"));
  const b = outcome(client.request("GET", "/b", { signal: controller.signal }));
  const c = client.request("GET", "/c");
  await turn();
  gate.open("/a");
  await a;
  assertEquals((await b).error, "now");
  await turn();
  assertEquals(gate.arrived.filter((name) => name !== "/b"), ["/a", "/c"]);
  gate.open("/c");
  await c;
  assertLessOrEqual(gate.arrived.length, 3);
});

Deno.test("an abort of all queued calls leaves the slot to the next call", async () => {
  const gate = makeGate();
  const { client } = makeClient(gate.fetch, { maxConcurrency: 1 });
  const controller = new AbortController();
  const { signal } = controller;
  const a = client.request("GET", "/a");
  const queued = [1, 2, 3].map((i) => outcome(client.request("GET", `/${i}`, { signal })));
  await turn();
  controller.abort("all");
  assertEquals((await Promise.all(queued)).map(({ error }) => error), ["all", "all", "all"]);
  gate.open("/a");
  await a;
  const later = client.request("GET", "/later");
  await turn();
  gate.open("/later");
  await later;
  assertEquals(gate.arrived, ["/a", "/later"]);
});

Deno.test("a failed request frees its slot", async (t) => {
  const cases: [string, () => Response | Promise<Response>, new (...args: never[]) => Error][] = [
    ["a network error", () => Promise.reject(new TypeError("Connection refused")), PrefactorNetworkError],
    ["an error that fetch throws", () => {
      throw new TypeError("Bad fetch");
    }, PrefactorNetworkError],
    ["an error of the API", () => failure(404), PrefactorApiError],
    ["a response that is not JSON", () => new Response("<html>"), PrefactorHttpError],
    ["a redirect", () => new Response(null, { status: 302 }), PrefactorApiError],
    ["a timeout", ignoreSignal, PrefactorNetworkError],
  ];
  for (const [name, respond, kind] of cases) {
    await t.step(`after ${name}`, async () => {
      using time = new FakeTime();
      const { client } = makeClient((_sent, index) => index < 3 ? respond() : ok(), {
        maxConcurrency: 1,
        maxRetries: 0,
      });
      const failed = [1, 2, 3].map((i) => failureOf(client.request("GET", `/${i}`)));
      const last = client.request("GET", "/last");
      for (const error of await settle(time, Promise.all(failed))) assertInstanceOf(error, kind);
      assertEquals(await settle(time, last), { status: "success" });
    });
  }
});

Deno.test("a call holds no slot during the delay before a retry", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient((_sent, index) => index === 0 ? failure(503) : ok(), {
    maxConcurrency: 1,
  });
  const first = client.request("GET", "/first");
  const second = client.request("GET", "/second");
  await time.runMicrotasks();
  assertEquals(await second, { status: "success" });
  await settle(time, first);
  assertEquals(sent.map(({ url }) => new URL(url).pathname), ["/first", "/second", "/first"]);
});

Deno.test("maxConcurrency keeps the order and the limit with 10,000 queued calls", async () => {
  let inFlight = 0;
  let most = 0;
  const controller = new AbortController();
  const { client, sent } = makeClient(async (_sent, index) => {
    most = Math.max(most, ++inFlight);
    await (index % 10 === 0 ? turn() : Promise.resolve());
    inFlight--;
    return json({ index });
  }, { maxConcurrency: 7 });
  const calls = Array.from({ length: 10_000 }, (_, i) => {
    const aborted = i > 100 && i % 3 === 0;
    return outcome(client.request("GET", `/${i}`, aborted ? { signal: controller.signal } : {}));
  });
  controller.abort("out");
  const settled = await Promise.all(calls);
  const expected = settled.map((_, i) => i).filter((i) => !(i > 100 && i % 3 === 0));
  assertEquals(sent.map(({ url }) => Number(new URL(url).pathname.slice(1))), expected);
  assertEquals(settled.filter(({ error }) => error === "out").length, 10_000 - expected.length);
  assertEquals(most, 7);
});
