import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { CREATED_TOKEN, createToken } from "../../src/testing/tokens.ts";

Deno.test("createToken() creates a new token in the form of a JSON Web Token", () => {
  assertMatch(createToken(), /^\w+\.\w+\.[\w-]{36}$/);
  assertNotEquals(createToken(), createToken());
  assertEquals("a " + createToken().replace(CREATED_TOKEN, "b"), "a b");
});
