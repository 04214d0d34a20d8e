import { assert, assertEquals, assertLess } from "@std/assert";
import { assertSameBytes, CONFIG, forbidUnhandledRejections, makeCaller, SLACK, timed } from "./caller.ts";
import { type Connection, type Play, rawResponse, RawServer } from "./raw_server.ts";

/** Returns a response that echoes the body of its request and keeps the connection open. */
function echo(body: string): string {
  return rawResponse(200, { connection: "keep-alive" }, JSON.stringify({ status: "success", echo: body }));
}

/** Responds to the given number of requests on a connection and then calls `end`. */
function serveThen(count: number, end: (connection: Connection) => Promise<unknown>): Play {
  return async (connection) => {
    for (let n = 0; n < count; n++) {
      const request = await connection.request();
      if (!request) return;
      await connection.send(echo(request.body));
    }
    await end(connection);
  };
}

const ENDS: readonly [name: string, end: (connection: Connection) => Promise<unknown>][] = [
  ["closed when idle", () => Promise.resolve()],
  ["reset when idle", (connection) => Promise.resolve(connection.reset())],
  ["closed at the next request", (connection) => connection.request()],
  ["reset at the next request", async (connection) => {
    await connection.request();
    connection.reset();
  }],
  ["closed in the next response", async (connection) => {
    const request = await connection.request();
    if (request) await connection.send(echo(request.body).slice(0, -3));
  }],
  ["reset in the next response", async (connection) => {
    const request = await connection.request();
    if (request) await connection.send(echo(request.body).slice(0, -3));
    connection.reset();
  }],
];

for (const [name, end] of ENDS) {
  Deno.test(`PrefactorHttpClient.request() recovers from a connection ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await RawServer.start(serveThen(1, end));
    const { client, sent } = makeCaller(server.url, { maxRetries: 5 });
    for (let n = 0; n < 10; n++) {
      const [before, received] = [sent.length, server.requests.length];
      const { value, ms } = await timed(client.request("POST", "/x", { json: { n } }));
      assertEquals<unknown>(value["echo"], JSON.stringify({ n }));
      assertSameBytes(sent.slice(before), server.requests.slice(received));
      assertLess(ms, 5 * CONFIG.maxRetryDelay + SLACK);
    }
    await client.close();
  });

  Deno.test(`PrefactorHttpClient.request() matches responses to requests on connections ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await RawServer.start(serveThen(5, end));
    const { client, sent } = makeCaller(server.url, { maxRetries: 20, maxConcurrency: 8 });
    const calls = Array.from({ length: 300 }, (_, n) => client.request("POST", "/x", { json: { n } }));
    const echoes = (await Promise.all(calls)).map((value) => value["echo"]);
    assertEquals<unknown>(echoes, echoes.map((_, n) => JSON.stringify({ n })));
    const keys = Map.groupBy(sent, ({ headers }) => headers.get("idempotency-key"));
    assertEquals(keys.size, calls.length);
    for (const attempts of keys.values()) assertEquals(new Set(attempts.map(({ body }) => body)).size, 1);
    await client.close();
  });
}

Deno.test("PrefactorHttpClient.request() never returns an unsolicited response", async (t) => {
  const unsolicited = echo("unsolicited");
  const cases: [string, (body: string) => string][] = [
    ["a second response", (body) => echo(body) + unsolicited],
    ["a body longer than its length", (body) => `${echo(body)}${"x".repeat(100)}`],
    ["half of a second response", (body) => echo(body) + unsolicited.slice(0, 30)],
    ["a response after a 204", () => rawResponse(204, { connection: "keep-alive" }) + unsolicited],
    ["a response after a 304", () => rawResponse(304, { connection: "keep-alive" }) + unsolicited],
  ];
  for (const [name, makeResponse] of cases) {
    await t.step(name, async () => {
      await using _rejections = forbidUnhandledRejections();
      await using server = await RawServer.start(async (connection, index) => {
        for (let request; (request = await connection.request());) {
          await connection.send(index === 0 ? makeResponse(request.body) : echo(request.body));
        }
      });
      const { client } = makeCaller(server.url);
      await client.request("POST", "/x", { json: { n: 0 } }).catch(() => {});
      for (let n = 1; n < 20; n++) {
        const value = await client.request("POST", "/x", { json: { n } }).catch(() => undefined);
        if (value) assertEquals<unknown>(value["echo"], JSON.stringify({ n }));
      }
      assert(server.connections > 1, "The client kept using a connection that is out of sync");
      await client.close();
    });
  }
});
