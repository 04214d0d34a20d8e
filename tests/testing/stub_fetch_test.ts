import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { assertSpyCalls, spy, stub } from "@std/testing/mock";
import { PrefactorClientError } from "@prefactor/http";
import { PrefactorSandbox, stubFetch } from "@prefactor/http/testing";

Deno.test("stubFetch() replaces fetch with the sandbox until it is disposed", async () => {
  const original = globalThis.fetch;
  const sandbox = new PrefactorSandbox();
  {
    using _stub = stubFetch(sandbox);
    await (await fetch("https://app.prefactorai.com/api/v1/ping")).text();
    await (await fetch(new Request(`${sandbox.config().apiUrl}/api/v1/ping`))).text();
  }
  assertStrictEquals(globalThis.fetch, original);
  assertEquals(sandbox.requests.length, 2);
});

Deno.test("stubFetch() rejects a request to any other origin and names its URL", async () => {
  using _stub = stubFetch(new PrefactorSandbox(), { origins: ["https://prefactor.example/base"] });
  for (const url of ["https://example.com/a?b=c", "https://app.prefactorai.com/api/v1/ping"]) {
    await assertRejects(() => fetch(url), TypeError, `Cannot fetch ${url}`);
    await assertRejects(() => fetch(new URL(url)), TypeError, `Cannot fetch ${url}`);
    await assertRejects(() => fetch(new Request(url)), TypeError, `Cannot fetch ${url}`);
  }
  const { status } = await fetch("https://prefactor.example/api/v1/ping");
  assertEquals(status, 401);
});

Deno.test("stubFetch() can be combined with outer stubs and inner spies", async () => {
  const sandbox = new PrefactorSandbox();
  using outer = stub(globalThis, "fetch", () => Promise.resolve(new Response("outer")));
  {
    using _stub = stubFetch(sandbox);
    using inner = spy(globalThis, "fetch");
    assertEquals((await fetch("https://app.prefactorai.com/api/v1/ping")).status, 401);
    assertSpyCalls(inner, 1);
  }
  assertEquals(await (await fetch("https://app.prefactorai.com/api/v1/ping")).text(), "outer");
  assertSpyCalls(outer, 1);
});

Deno.test("FetchStub.restore() works once, and only if fetch was not replaced again", () => {
  const original = globalThis.fetch;
  const first = stubFetch(new PrefactorSandbox());
  const second = stubFetch(new PrefactorSandbox());
  assertThrows(() => first.restore(), Error, "Cannot restore fetch");
  second.restore();
  second.restore();
  first.restore();
  assertStrictEquals(globalThis.fetch, original);
});

Deno.test("stubFetch() rejects an origin that is not an absolute URL", () => {
  assertThrows(
    () => stubFetch(new PrefactorSandbox(), { origins: ["example.com"] }),
    PrefactorClientError,
    "Cannot stub fetch: 'origins[0]' must be an absolute URL, but is \"example.com\"",
  );
});
