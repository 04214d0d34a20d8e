import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  type HttpRequester,
  isApiResponse,
  PrefactorResponseContractError,
  type RequestOptions,
} from "../../mod.ts";
import { asQuery, body, empty, execute, type Operation } from "../../src/endpoints/operation.ts";
import { isAbsentOr, isObject, isTimestamp } from "../../src/guards.ts";
import { failureOf, makeClient } from "../helpers.ts";
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
          pagination: { offset: 0, page_size: 100 },
        },
        converted: {
          at: "2024-05-06T07:08:09.000Z",
          pagination: undefined,
          "pagination[offset]": 0,
          "pagination[page_size]": 100,
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
