import { assertEquals, assertStrictEquals } from "@std/assert";
import * as packaged from "@prefactor/http/recorder";
import * as mod from "../../src/recorder/mod.ts";

Deno.test("recorder/mod.ts exports exactly the public symbols", () => {
  assertEquals(Object.keys(mod).sort(), ["RunRecorder", "SpanRecorder", "recordRun"]);
});

Deno.test("recorder/mod.ts is the module of @prefactor/http/recorder", () => {
  assertStrictEquals<unknown>(packaged, mod);
});
