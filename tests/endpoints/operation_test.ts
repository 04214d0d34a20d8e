import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  type HttpRequester,
  isApiResponse,
  PrefactorClientError,
  PrefactorResponseContractError,
  type RequestOptions,
} from "../../mod.ts";
import { asQuery, body, details, empty, execute, type Operation } from "../../src/endpoints/operation.ts";
import { isAbsentOr, isObject, isTimestamp } from "../../src/guards.ts";
import { failureOf, json, makeClient, TOKEN } from "../helpers.ts";
import { OBJECT, testEndpoint, TIMESTAMP } from "./table.ts";

type Params = Record<string, unknown>;

function isParams(value: unknown): value is Params {
  return isObject(value) && isAbsentOr(value["at"], isTimestamp) && isAbsentOr(value["pagination"], isObject);
}

const LIST: Operation<Params, unknown> = {
  action: "list the things",
  method: "GET",
  path: "/api/v1/thing",
  isParams,
  encode: asQuery,
  decode: body(isApiResponse),
};
const DELETE: Operation<Params, void> = {
  action: "delete the thing",
  method: "DELETE",
  path: "/api/v1/thing/{id}",
  isParams,
  encode: asQuery,
  decode: empty,
};

/** An endpoint client with an operation that sends a query and one that has neither params nor a result. */
class ThingClient {
  readonly #requester: HttpRequester;

  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  list(params: Params = {}, options?: RequestOptions): Promise<unknown> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}

const PAGE = { status: "success", details: {}, summaries: [] };

testEndpoint({
  Client: ThingClient,
  of: (client) => new ThingClient(client),
  operations: {
    list: {
      action: "list the things",
      request: "GET /api/v1/thing",
      call: (things, { params, options }) => things.list(params, options),
      params: {
        sentIn: "query",
        all: {
          status: "raised",
          severity: ["error", "critical"],
          at: new Date("2024-05-06T07:08:09Z"),
          pagination: { offset: 0, page_size: 100, since: new Date("2024-05-06T07:08:09Z") },
        },
        converted: {
          at: "2024-05-06T07:08:09.000Z",
          pagination: undefined,
          "pagination[offset]": 0,
          "pagination[page_size]": 100,
          "pagination[since]": "2024-05-06T07:08:09.000Z",
        },
        types: { at: TIMESTAMP, pagination: OBJECT },
      },
      response: PAGE,
      result: PAGE,
    },
    delete: {
      action: "delete the thing",
      request: "DELETE /api/v1/thing/{id}",
      call: (things, { id, options }) => things.delete(id, options),
      response: {},
      result: undefined,
    },
  },
});

Deno.test("execute() resolves to undefined if the operation has no result", async () => {
  const { client } = makeClient(() => new Response(null, { status: 204 }));
  assertEquals(await new ThingClient(client).delete("t-1"), undefined);
});

Deno.test("execute() falls back to request() if the requester has no send()", async () => {
  const operation: Operation<Params, string> = {
    ...LIST,
    decode: { isBody: (value) => isObject(value) && "name" in value, result: ({ name }) => String(name) },
  };
  const options = undefined;
  const named = { request: () => Promise.resolve({ name: "n" }) };
  assertEquals(await execute({ requester: named, operation, params: {}, options }), "n");
  const unnamed = { request: () => Promise.resolve({}) };
  const error = await failureOf(execute({ requester: unnamed, operation, params: {}, options }));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals([error.statusCode, error.requestId], [undefined, undefined]);
});

Deno.test("execute() leaves out null and undefined inside an object of the query", async () => {
  const { client, sent } = makeClient(() => json(PAGE));
  await new ThingClient(client).list({ pagination: { offset: null, page_size: undefined, since: "x" } });
  assertEquals([...new URL(sent[0]!.url).searchParams], [["pagination[since]", "x"]]);
});

Deno.test("execute() rejects an invalid Date inside an object of the query and sends nothing", async () => {
  const { client, sent } = makeClient(() => json(PAGE));
  const error = await failureOf(
    new ThingClient(client).list({ pagination: { since: new Date(Number.NaN) } }),
  );
  assertInstanceOf(error, PrefactorClientError);
  assertStringIncludes(error.message, "'params.pagination[since]' must be");
  assertEquals(sent.length, 0);
});

const GET: Operation<Params, unknown> = { ...LIST, decode: details(isObject) };

Deno.test("execute() accepts details without a status, and rejects those with a status of failure", async () => {
  const table: [status: object, path: string | undefined][] = [
    [{}, undefined],
    [{ status: null }, undefined],
    [{ status: "success" }, undefined],
    [{ status: "error" }, "status"],
    [{ status: "pending" }, "status"],
    [{ status: 7 }, "status"],
  ];
  for (const [status, path] of table) {
    const requester = {
      request: () => Promise.resolve({ ...status, details: { id: "t-1" }, control: null }),
    };
    const result = execute({ requester, operation: GET, params: {}, options: undefined });
    if (path === undefined) {
      assertEquals(await result, { id: "t-1" });
    } else {
      const error = await failureOf(result);
      assertInstanceOf(error, PrefactorResponseContractError);
      assertEquals(error.path, path);
    }
  }
});

Deno.test("execute() rejects with the facts of a response that does not match its model, without the token", async () => {
  const { client } = makeClient(
    () => json({ details: { id: 7, echo: TOKEN } }, 201, { "x-request-id": "req-9" }),
  );
  const { agentSpans } = client;
  const error = await failureOf(agentSpans.finish("s-1", { idempotency_key: "key-1" }));
  assertInstanceOf(error, PrefactorResponseContractError);
  const { statusCode, requestId, path, body, request } = error;
  assertEquals({ statusCode, requestId, path, body, request }, {
    statusCode: 201,
    requestId: "req-9",
    path: "details.type",
    body: { details: { id: 7, echo: "[redacted]" } },
    request: { method: "POST", path: "/api/v1/agent_spans/s-1/finish", idempotencyKey: "key-1" },
  });
  const reading = await failureOf(client.agents.get("a-1"));
  assertInstanceOf(reading, PrefactorResponseContractError);
  assertEquals(reading.request, { method: "GET", path: "/api/v1/agent/a-1" });
});
