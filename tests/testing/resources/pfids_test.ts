import { assertEquals } from "@std/assert";
import { isPfid, parsePfid, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

Deno.test("sandbox.fetch() generates new IDs in the partition of the account", async () => {
  const accountId = "01m80jbc5n460nkvjef71mqa676zqp0h";
  await using client = new PrefactorHttpClient(new PrefactorSandbox({ accountId }).config());
  const ids = await client.generatePfids(1_000, { account_id: accountId });
  assertEquals([ids.length, new Set(ids).size, ids.every(isPfid)], [1_000, 1_000, true]);
  assertEquals(parsePfid(ids[0]!).partition, parsePfid(accountId).partition);
});

Deno.test("sandbox.fetch() returns the account of generated IDs", async () => {
  const caller = new Caller(new PrefactorSandbox({ accountId: "acme" }));
  const { status, account_id, pfids } = (await caller.post("pfid/generate", { count: 1 })).json;
  assertEquals([status, account_id, pfids.length], ["success", "acme", 1]);
});

for (
  const [body, errors] of [
    [{}, { count: "required" }],
    [{ count: 0 }, { count: "invalid" }],
    [{ count: 1_001 }, { count: "invalid" }],
    [{ count: "1" }, { count: "invalid" }],
    [{ count: 1, account_id: "other" }, { account_id: "invalid" }],
  ] as const
) {
  Deno.test(`sandbox.fetch() rejects requests to generate IDs for ${JSON.stringify(body)}`, async () => {
    const { status, json } = await new Caller().post("pfid/generate", body);
    assertEquals([status, codesOf(json.errors)], [422, errors]);
  });
}

Deno.test("sandbox.fetch() rejects requests to generate IDs with a deployment-scoped token", async () => {
  const caller = new Caller(new PrefactorSandbox({ deployment: {} }));
  assertEquals((await caller.post("pfid/generate", { count: 1 })).status, 401);
});
