import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { isPfid } from "../../../src/pfid.ts";
import { Bounds } from "../../../src/testing/collection.ts";
import { ErrorReply } from "../../../src/testing/replies.ts";
import { freeId } from "../../../src/testing/resources/ids.ts";
import { createAccount, Store } from "../../../src/testing/store.ts";

const STORE = new Store(createAccount("account", undefined), new Bounds(10, Infinity), () => []);
const TAKEN = new Map([["taken", {}]]);

Deno.test("freeId() returns the caller's ID", () => {
  assertEquals(freeId(STORE, TAKEN, "mine"), "mine");
});

Deno.test("freeId() creates a PFID without a caller's ID", () => {
  const ids = [undefined, null].map((id) => freeId(STORE, TAKEN, id));
  assertEquals(ids.map(isPfid), [true, true]);
  assertNotEquals(ids[0], ids[1]);
});

Deno.test("freeId() rejects an ID that is taken", () => {
  const { status, errors } = assertThrows(() => freeId(STORE, TAKEN, "taken"), ErrorReply);
  assertEquals([status, errors?.["id"]?.["code"]], [422, "taken"]);
});
