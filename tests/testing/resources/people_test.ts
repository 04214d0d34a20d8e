import { assertEquals } from "@std/assert";
import { Caller, codesOf } from "../helpers.ts";

const PERSON = { name: "Ada", email: "ada@example.com" };

Deno.test("sandbox.fetch() creates a person without teams and title by default", async () => {
  const { status, json: { details } } = await new Caller().post("person", { details: PERSON });
  assertEquals([status, details.type, details.team_ids, details.title], [200, "person", [], null]);
});

Deno.test("sandbox.fetch() names each invalid field of a person", async () => {
  const { json } = await new Caller().post("person", {
    details: { name: "", team_ids: ["t-1", null], title: 1 },
  });
  assertEquals(codesOf(json.errors), {
    details: {
      name: "invalid",
      email: "required",
      team_ids: { 1: "required" },
      title: "invalid",
    },
  });
});

Deno.test("sandbox.fetch() lists the people of a team", async () => {
  const caller = new Caller();
  for (const [id, team_ids] of [["a", ["t-1"]], ["b", ["t-2", "t-1"]], ["c", ["t-2"]], ["d", null]]) {
    await caller.post("person", { details: { ...PERSON, id, team_ids } });
  }
  const { json } = await caller.get("person?team_id=t-1");
  assertEquals(json.summaries.map(({ id }: { id: string }) => id), ["a", "b"]);
});
