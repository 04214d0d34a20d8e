import { assertEquals, assertExists } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { FAULT_KINDS, type FaultKind, TRANSIENT_FAULT_KINDS } from "../../src/testing/fault.ts";
import { outcome, settle } from "../helpers.ts";

/** Sends a request whose first attempt meets the fault. */
async function pingWith(kind: FaultKind) {
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  sandbox.faults.random({ rate: 1, seed: 1, kinds: [kind] });
  const client = new PrefactorHttpClient(sandbox.config({
    hooks: { onRetry: () => sandbox.faults.clear() },
  }));
  const { value, error } = await settle(time, outcome(client.request("GET", "/api/v1/ping")));
  return { value, error, faults: sandbox.requests.map(({ fault }) => fault) };
}

for (const kind of FAULT_KINDS) {
  Deno.test(`FAULT_KINDS: a request meets "${kind}"`, async () => {
    const { faults } = await pingWith(kind);
    assertEquals(faults[0], kind);
  });
}

for (const kind of TRANSIENT_FAULT_KINDS) {
  Deno.test(`TRANSIENT_FAULT_KINDS: a client survives "${kind}"`, async () => {
    const { value, faults } = await pingWith(kind);
    assertEquals(value, { status: "success" });
    assertEquals(faults, kind === "delay" ? [kind] : [kind, undefined]);
  });
}

for (const kind of ["garbage", "redirect"] as const) {
  Deno.test(`TRANSIENT_FAULT_KINDS leaves out "${kind}", which a client does not retry`, async () => {
    const { error, faults } = await pingWith(kind);
    assertExists(error);
    assertEquals(faults, [kind]);
  });
}
