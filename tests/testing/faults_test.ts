import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows, fail } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorClientError } from "@prefactor/http";
import type { Fault, SandboxFaults, SandboxRequest } from "@prefactor/http/testing";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { FaultPlan } from "../../src/testing/faults.ts";
import { Caller, REGISTRATION } from "./helpers.ts";

for (
  const [kind, processed] of [
    ["refuse", 0],
    ["lose", 1],
    ["cut", 1],
  ] as const
) {
  Deno.test(`faults.next() breaks the connection with "${kind}", once`, async () => {
    const caller = new Caller();
    caller.sandbox.faults.next({ kind });
    await assertRejects(() => caller.post("agent_instance/register", REGISTRATION), TypeError);
    assertEquals(caller.sandbox.instances.size, processed);
    assertEquals(caller.sandbox.requests.map(({ fault, status }) => [fault, status]), [[kind, undefined]]);
    assertEquals((await caller.get("ping")).status, 200);
  });
}

Deno.test("faults.next() cuts a response in the middle of its announced length", async () => {
  const sandbox = new PrefactorSandbox();
  sandbox.faults.next({ kind: "cut" });
  const { apiUrl, apiToken } = sandbox.config();
  const response = await sandbox.fetch(`${apiUrl}/api/v1/ping`, {
    headers: { authorization: `Bearer ${apiToken}` },
  });
  assertEquals([response.status, response.headers.get("content-length")], [200, "20"]);
  const reader = response.body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), '{"status":');
  await assertRejects(() => reader.read(), TypeError);
});

Deno.test("faults.next() responds with a status without processing, and with Retry-After if it is set", async () => {
  const caller = new Caller();
  caller.sandbox.faults.next({ kind: "status", status: 503, retryAfter: 2 });
  caller.sandbox.faults.next({ kind: "status", status: 204 });
  const busy = await caller.post("agent_instance/register", REGISTRATION);
  assertEquals([busy.status, busy.headers.get("retry-after"), busy.json.status], [503, "2", "error"]);
  const empty = await caller.post("agent_instance/register", REGISTRATION);
  assertEquals([empty.status, empty.headers.get("retry-after"), empty.text], [204, null, ""]);
  assertEquals(caller.sandbox.instances.size, 0);
});

Deno.test("faults.next() responds with garbage after processing", async () => {
  const caller = new Caller();
  caller.sandbox.faults.next({ kind: "garbage" });
  const { status, text, json } = await caller.post("agent_instance/register", REGISTRATION);
  assertEquals([status, json, text.length > 0, caller.sandbox.instances.size], [200, undefined, true, 1]);
});

Deno.test("faults.next() redirects without processing", async () => {
  const caller = new Caller();
  caller.sandbox.faults.next({ kind: "redirect" });
  caller.sandbox.faults.next({ kind: "redirect", location: "https://example.com/" });
  const first = await caller.post("agent_instance/register", REGISTRATION);
  const second = await caller.post("agent_instance/register", REGISTRATION);
  assertEquals([first.status, first.headers.get("location")], [302, "/moved/api/v1/agent_instance/register"]);
  assertEquals([second.status, second.headers.get("location")], [302, "https://example.com/"]);
  assertEquals(caller.sandbox.instances.size, 0);
});

Deno.test("faults.next() delays a response after processing", async () => {
  using time = new FakeTime();
  const caller = new Caller();
  caller.sandbox.faults.next({ kind: "delay", ms: 500 });
  let settled = false;
  const reply = caller.post("agent_instance/register", REGISTRATION).finally(() => settled = true);
  await time.tickAsync(499);
  assertEquals([settled, caller.sandbox.instances.size], [false, 1]);
  await time.tickAsync(1);
  assertEquals((await reply).status, 200);
});

for (const fault of [{ kind: "hang" }, { kind: "delay", ms: 60_000 }] satisfies Fault[]) {
  Deno.test(`faults.next() ends "${fault.kind}" with the reason of the signal`, async () => {
    const { sandbox } = new Caller();
    const { apiUrl } = sandbox.config();
    for (const asRequest of [true, false]) {
      sandbox.faults.next(fault);
      const controller = new AbortController();
      const { signal } = controller;
      const reply = asRequest
        ? sandbox.fetch(new Request(`${apiUrl}/api/v1/ping`, { signal }))
        : sandbox.fetch(`${apiUrl}/api/v1/ping`, { signal });
      const reason = new Error("enough");
      queueMicrotask(() => queueMicrotask(() => controller.abort(reason)));
      assertStrictEquals(await assertRejects(() => reply), reason);
    }
  });
}

Deno.test("sandbox.fetch() rejects at once with the reason of an aborted signal", async () => {
  const { sandbox } = new Caller();
  const reason = new Error("too late");
  const reply = sandbox.fetch(sandbox.config().apiUrl, { signal: AbortSignal.abort(reason) });
  assertStrictEquals(await assertRejects(() => reply), reason);
  assertEquals(sandbox.requests, []);
});

Deno.test("faults.next() applies to the given number of matching requests, in order", async () => {
  const caller = new Caller();
  const { faults } = caller.sandbox;
  faults.next({ kind: "status", status: 500 }, { times: 2, match: ({ path }) => path.endsWith("/register") });
  faults.next({ kind: "status", status: 429 });
  faults.next({ kind: "status", status: 418 }, { times: Infinity });
  const statuses = [];
  for (
    const path of ["ping", "agent_instance/register", "agent_instance/register", "agent_instance/register"]
  ) {
    statuses.push((path === "ping" ? await caller.get(path) : await caller.post(path, REGISTRATION)).status);
  }
  assertEquals(statuses, [429, 500, 500, 418]);
  faults.clear();
  assertEquals((await caller.get("ping")).status, 200);
});

Deno.test("faults.random() applies faults at the rate, the same for the same seed", async () => {
  const strikes = async (seed: number) => {
    const { sandbox } = new Caller();
    sandbox.faults.random({ rate: 0.4, seed, kinds: ["refuse", "status", { kind: "redirect" }] });
    for (let n = 0; n < 500; n++) await sandbox.fetch(sandbox.config().apiUrl).catch(() => {});
    return sandbox.requests.map(({ fault, status }) => `${fault} ${status}`);
  };
  const first = await strikes(7);
  assertEquals(await strikes(7), first);
  const struck = first.filter((strike) => strike !== "undefined 401");
  assert(struck.length > 150 && struck.length < 250, `${struck.length} of 500 at a rate of 0.4`);
  const kinds = new Set(struck.map((strike) => strike.split(" ")[0]));
  assertEquals([...kinds].sort(), ["redirect", "refuse", "status"]);
  assert((await strikes(8)).join() !== first.join());
});

for (
  const [plan, message] of [
    [
      (faults) => faults.next({ kind: "refuse" }, { times: 0 }),
      "Cannot plan the fault: 'times' must be an integer >= 1, or Infinity, but is 0",
    ],
    [
      (faults) => faults.next({ kind: "refuse" }, { times: 1.5 }),
      "Cannot plan the fault: 'times' must be an integer >= 1, or Infinity, but is 1.5",
    ],
    [
      (faults) => faults.next({ kind: "explode" as "refuse" }),
      "Cannot plan the fault: 'kind' must be one of refuse, lose, cut, delay, status, garbage, redirect, hang, " +
      'but is "explode"',
    ],
    [
      (faults) => faults.next({ kind: "delay", ms: -1 }),
      "Cannot plan the fault: 'ms' must be a finite number >= 0, but is -1",
    ],
    [
      (faults) => faults.next({ kind: "status", status: 100 }),
      "Cannot plan the fault: 'status' must be an integer from 200 to 599, but is 100",
    ],
    [
      (faults) => faults.next({ kind: "status", status: 503, retryAfter: NaN }),
      "Cannot plan the fault: 'retryAfter' must be a finite number >= 0, but is NaN",
    ],
    [
      (faults) => faults.random({ rate: 1.1, seed: 1 }),
      "Cannot plan random faults: 'rate' must be a number from 0 to 1, but is 1.1",
    ],
    [
      (faults) => faults.random({ rate: NaN, seed: 1 }),
      "Cannot plan random faults: 'rate' must be a number from 0 to 1, but is NaN",
    ],
    [
      (faults) => faults.random({ rate: 1, seed: NaN }),
      "Cannot plan random faults: 'seed' must be a finite number, but is NaN",
    ],
    [
      (faults) => faults.random({ rate: 1, seed: 1, kinds: [] }),
      "Cannot plan random faults: 'kinds' must be a non-empty array, but is an array of 0 items",
    ],
    [
      (faults) => faults.random({ rate: 1, seed: 1, kinds: [{ kind: "status", status: 600 }] }),
      "Cannot plan random faults: 'status' must be an integer from 200 to 599, but is 600",
    ],
  ] satisfies [(faults: SandboxFaults) => void, string][]
) {
  Deno.test(`sandbox.faults throws "${message}"`, () => {
    const error = assertThrows(() => plan(new PrefactorSandbox().faults), PrefactorClientError);
    assertEquals(error.message, message);
  });
}

Deno.test('faults.next() applies "delay" on a server without the signal of the request', async () => {
  using time = new FakeTime();
  const { sandbox } = new Caller();
  const { apiUrl, apiToken } = sandbox.config();
  for (const info of [{ remoteAddr: {} }, { requestIP() {} }, { incoming: {} }]) {
    sandbox.faults.next({ kind: "delay", ms: 500 });
    const request = new Request(`${apiUrl}/api/v1/ping`, {
      headers: { authorization: `Bearer ${apiToken}` },
    });
    // Deno prints a warning when the signal of a server's request is read.
    Object.defineProperty(request, "signal", { get: () => fail("the signal was read") });
    const response = sandbox.fetch(request, info);
    await time.tickAsync(500);
    assertEquals((await response).status, 200);
  }
});

for (const fault of [{ kind: "hang" }, { kind: "delay", ms: 60_000 }] satisfies Fault[]) {
  Deno.test(`faults.next() ends "${fault.kind}" on a server when the signal of its info aborts`, async () => {
    const { sandbox } = new Caller();
    const closing = new AbortController();
    sandbox.faults.next(fault);
    const request = new Request(`${sandbox.config().apiUrl}/api/v1/ping`);
    const response = sandbox.fetch(request, { remoteAddr: {}, signal: closing.signal });
    queueMicrotask(() => queueMicrotask(() => closing.abort()));
    await assertRejects(async () => await (await response).text(), TypeError);
  });
}

Deno.test("FaultPlan.state describes the faults that are planned", () => {
  const plan = new FaultPlan();
  assertEquals(plan.state, { planned: [], random: null });
  plan.next({ kind: "cut" }, { times: 2, match: ({ path }) => path === "/a" });
  plan.next({ kind: "delay", ms: 5 }, { times: Infinity });
  plan.random({ rate: 0.5, seed: 1, kinds: ["lose", { kind: "status", status: 500 }] });
  plan.take({ path: "/a" } as SandboxRequest);
  assertEquals(plan.state, {
    planned: [{ fault: { kind: "cut" }, left: 1 }, { fault: { kind: "delay", ms: 5 }, left: null }],
    random: { rate: 0.5, kinds: ["lose", "status"] },
  });
  plan.random({ rate: 0, seed: 1 });
  assertEquals(plan.state.random, null);
  plan.clear();
  assertEquals(plan.state, { planned: [], random: null });
});
