import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { type HttpRequestOptions, PrefactorApiError, PrefactorHttpClient } from "../mod.ts";
import { failureOf, json, TOKEN } from "./helpers.ts";

const STATUSES = [301, 302, 303, 307, 308];

/** A server that sends the same response to every request and records the requests. */
interface Counted extends AsyncDisposable {
  readonly origin: string;
  /** The paths of the requests. */
  readonly requests: string[];
}

function serve(respond: (request: Request) => Response): Counted {
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    requests.push(new URL(request.url).pathname);
    return respond(request);
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Serves an API that redirects every request to the location. */
function redirecting(status: number, location: string | undefined): Counted {
  return serve(() => new Response("moved", { status, headers: location === undefined ? {} : { location } }));
}

/** Resolves to the error of a redirected call. */
async function redirected(
  api: Counted,
  method = "POST",
  options: HttpRequestOptions = { json: { a: 1 } },
): Promise<unknown> {
  await using client = new PrefactorHttpClient({
    apiUrl: api.origin,
    apiToken: TOKEN,
    initialRetryDelay: 1,
    maxRetries: 2,
  });
  return await failureOf(client.request(method, "/api/v1/x", options));
}

Deno.test("PrefactorHttpClient.request() does not follow redirects", async (t) => {
  await using elsewhere = serve(() => json({ status: "success", followed: true }));
  const port = new URL(elsewhere.origin).port;
  const targets: [string, string | undefined][] = [
    ["the same origin, by its path", "/moved"],
    ["the same origin, by a relative path", "moved"],
    ["the same origin, by another path", "/api/v1/y"],
    ["the request's own URL", "/api/v1/x"],
    ["the same path, with a query", "?again=1"],
    ["another port", `${elsewhere.origin}/moved`],
    ["another port, without a scheme", `//127.0.0.1:${port}/moved`],
    ["another host", `http://localhost:${port}/moved`],
    ["another scheme", `https://127.0.0.1:${port}/moved`],
    ["another kind of URL", "data:application/json,{}"],
    ["an invalid URL", "http://["],
    ["nowhere", undefined],
  ];
  for (const status of STATUSES) {
    for (const method of ["GET", "POST"]) {
      for (const [name, location] of targets) {
        await t.step(`a ${status} to ${name} in response to a ${method}`, async () => {
          await using api = redirecting(status, location);
          const error = await redirected(api, method, method === "GET" ? {} : { json: { a: 1 } });
          assertInstanceOf(error, PrefactorApiError);
          assertEquals([error.code, error.statusCode, error.retryAfter], ["redirect", status, undefined]);
          assertStringIncludes(error.message, location ?? "nowhere");
          assertEquals(api.requests, ["/api/v1/x"]);
        });
      }
    }
  }
  assertEquals(elsewhere.requests.length, 0);
});

Deno.test("PrefactorHttpClient.request() does not follow a redirect to an absolute URL of the same origin", async (t) => {
  for (const status of STATUSES) {
    await t.step(`a ${status}`, async () => {
      await using api = serve(({ url }) =>
        new Response("moved", { status, headers: { location: new URL("/api/v1/y", url).href } })
      );
      const error = await redirected(api);
      assertInstanceOf(error, PrefactorApiError);
      assertEquals([error.code, error.statusCode], ["redirect", status]);
      assertStringIncludes(error.message, `${api.origin}/api/v1/y`);
      assertEquals(api.requests, ["/api/v1/x"]);
    });
  }
});

Deno.test("PrefactorHttpClient.request() does not follow or retry other 3xx responses", async (t) => {
  await using elsewhere = serve(() => json({}));
  for (const status of [300, 304, 305, 306, 399]) {
    await t.step(`a ${status}`, async () => {
      await using api = serve(() =>
        new Response(status === 304 ? null : "moved", { status, headers: { location: elsewhere.origin } })
      );
      const error = await redirected(api);
      assertInstanceOf(error, PrefactorApiError);
      assertEquals([error.code, error.statusCode, api.requests], ["redirect", status, ["/api/v1/x"]]);
    });
  }
  assertEquals(elsewhere.requests.length, 0);
});

Deno.test("endpoint methods do not follow redirects", async (t) => {
  await using elsewhere = serve(() => json({ status: "success", details: {}, outputs: {} }));
  const calls: Record<string, (client: PrefactorHttpClient) => Promise<unknown>> = {
    "agentInstances.register": ({ agentInstances }) =>
      agentInstances.register({ agent_version: {}, agent_schema_version: {} }),
    "agentInstances.start": ({ agentInstances }) => agentInstances.start("i"),
    "agentInstances.finish": ({ agentInstances }) => agentInstances.finish("i"),
    "agentSpans.create": ({ agentSpans }) =>
      agentSpans.create({ agent_instance_id: "i", schema_name: "n", status: "active" }),
    "agentSpans.finish": ({ agentSpans }) => agentSpans.finish("s"),
    "bulk.execute": ({ bulk }) =>
      bulk.execute({ items: [{ _type: "agent_spans/finish", idempotency_key: "finish-0001" }] }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await t.step(`${name}()`, async () => {
      await using api = redirecting(307, elsewhere.origin);
      await using client = new PrefactorHttpClient({ apiUrl: api.origin, apiToken: TOKEN });
      const error = await failureOf(call(client));
      assertInstanceOf(error, PrefactorApiError);
      assertEquals([error.code, api.requests.length], ["redirect", 1]);
    });
  }
  assertEquals(elsewhere.requests.length, 0);
});

Deno.test("a redirect after a failed attempt ends the retries", async () => {
  await using elsewhere = serve(() => json({}));
  let count = 0;
  await using api = serve(() =>
    count++ === 0
      ? json({ status: "error" }, 503)
      : new Response(null, { status: 302, headers: { location: elsewhere.origin } })
  );
  const error = await redirected(api);
  assertInstanceOf(error, PrefactorApiError);
  assertEquals([error.code, api.requests.length, elsewhere.requests.length], ["redirect", 2, 0]);
});

Deno.test("PrefactorHttpClient.request() ignores Location and Refresh headers of a successful response", async () => {
  await using elsewhere = serve(() => json({}));
  const headers = { location: elsewhere.origin, refresh: `0; url=${elsewhere.origin}` };
  await using api = serve(() => json({ status: "success" }, 201, headers));
  await using client = new PrefactorHttpClient({ apiUrl: api.origin, apiToken: TOKEN });
  assertEquals(await client.request("POST", "/x", { json: {} }), { status: "success" });
  assertEquals(elsewhere.requests.length, 0);
});
