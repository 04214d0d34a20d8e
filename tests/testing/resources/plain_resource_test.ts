import { assertEquals } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { FakeTime } from "@std/testing/time";
import { Caller, codesOf } from "../helpers.ts";

const PERSON = { name: "Ada", email: "ada@example.com" };

Deno.test("plainRoutes() creates, gets, updates and deletes a record", async () => {
  using time = new FakeTime("2024-05-01T12:00:00.000Z");
  const caller = new Caller(new PrefactorSandbox({ accountId: "account" }));
  const created = await caller.post("person", { details: { ...PERSON, id: "p", title: "Dr", unknown: 1 } });
  const person = {
    type: "person",
    id: "p",
    account_id: "account",
    ...PERSON,
    team_ids: [],
    title: "Dr",
    inserted_at: "2024-05-01T12:00:00.000Z",
    updated_at: "2024-05-01T12:00:00.000Z",
  };
  assertEquals([created.status, created.json.details], [200, person]);
  assertEquals((await caller.get("person/p")).json.details, person);

  time.tick(1_000);
  const changed = { ...person, name: "Ada L.", title: null, updated_at: "2024-05-01T12:00:01.000Z" };
  const update = { name: "Ada L.", title: null, id: "other", account_id: "other" };
  assertEquals((await caller.put("person/p", { details: update })).json.details, changed);
  const { inserted_at: _inserted, updated_at: _updated, ...summary } = changed;
  assertEquals((await caller.get("person")).json.summaries, [summary]);

  assertEquals((await caller.delete("person/p")).json.details, changed);
  for (const reply of [await caller.get("person/p"), await caller.delete("person/p")]) {
    assertEquals([reply.status, reply.json.code], [404, "not_found"]);
  }
  assertEquals((await caller.get("person")).json.summaries, []);
});

for (
  const [action, details, errors] of [
    ["create", {}, { details: { name: "required", email: "required" } }],
    ["create", { ...PERSON, id: "p" }, { details: { id: "taken" } }],
    ["create", { ...PERSON, team_ids: ["a", 1] }, { details: { team_ids: { 1: "invalid" } } }],
    ["create", undefined, { details: "required" }],
    ["update", { name: null }, { details: { name: "required" } }],
    ["update", { title: 5 }, { details: { title: "invalid" } }],
  ] as const
) {
  Deno.test(`plainRoutes() does not ${action} a record from ${JSON.stringify(details)}`, async () => {
    const caller = new Caller();
    await caller.post("person", { details: { ...PERSON, id: "p" } });
    const { status, json } = action === "create"
      ? await caller.post("person", { details })
      : await caller.put("person/p", { details });
    assertEquals([status, codesOf(json.errors)], [422, errors]);
  });
}

Deno.test("plainRoutes() rejects a deployment-scoped token", async () => {
  const caller = new Caller(new PrefactorSandbox({ deployment: {} }));
  const replies = [
    await caller.get("person"),
    await caller.post("person", { details: PERSON }),
    await caller.delete("person/p"),
  ];
  assertEquals(replies.map(({ status, json }) => [status, json.code]), Array(3).fill([401, "unauthorized"]));
});
