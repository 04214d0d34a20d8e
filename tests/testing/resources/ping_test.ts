import { assertEquals } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller } from "../helpers.ts";

Deno.test("sandbox.fetch() accepts a ping with the token of an account or of a deployment", async () => {
  for (const sandbox of [new PrefactorSandbox(), new PrefactorSandbox({ deployment: {} })]) {
    const { status, json } = await new Caller(sandbox).get("ping?unknown=1");
    assertEquals([status, json], [200, { status: "success" }]);
  }
});

Deno.test("sandbox.fetch() accepts a ping by GET only", async () => {
  const { status, headers } = await new Caller().post("ping");
  assertEquals([status, headers.get("allow")], [405, "GET"]);
});
