import { assertEquals } from "@std/assert";
import { json, makeClient } from "../helpers.ts";
import { adminOf, RESOURCES } from "./rows.ts";

Deno.test("PrefactorAdminClient has a client for each resource", () => {
  assertEquals(Object.keys(adminOf(makeClient(() => json({})).client)).sort(), [...RESOURCES]);
});
