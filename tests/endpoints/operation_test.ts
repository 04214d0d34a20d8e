import { assertEquals, assertInstanceOf } from "@std/assert";
import { asQuery, empty, execute, type Operation } from "../../src/endpoints/operation.ts";
import { PrefactorResponseContractError } from "../../mod.ts";
import { failureOf, makeClient, ok } from "../helpers.ts";

type Params = Record<string, unknown>;
const isParams = (value: unknown): value is Params => typeof value === "object" && value !== null;
const LIST: Operation<Params, void> = {
  action: "list the things",
  method: "GET",
  path: "/api/v1/thing",
  isParams,
  encode: asQuery,
  decode: empty,
};

Deno.test("execute() sends the params of a GET as the query, objects in brackets, without a key", async () => {
  const { client, sent } = makeClient(ok);
  const params = {
    status: "raised",
    absent: undefined,
    nothing: null,
    at: new Date("2024-05-06T07:08:09Z"),
    pagination: { offset: 0, page_size: 100 },
  };
  await execute({ requester: client, operation: LIST, params, options: undefined });
  const { url, method, body, headers } = sent[0]!;
  assertEquals([method, body, headers.get("idempotency-key")], ["GET", null, null]);
  assertEquals([...new URL(url).searchParams], [
    ["status", "raised"],
    ["at", "2024-05-06T07:08:09.000Z"],
    ["pagination[offset]", "0"],
    ["pagination[page_size]", "100"],
  ]);
});

Deno.test("execute() resolves to undefined if the operation has no result", async () => {
  const operation: Operation<Params, void> = { ...LIST, method: "DELETE", path: "/api/v1/thing/{id}" };
  const { client, sent } = makeClient(() => new Response(null, { status: 204 }));
  const result = await execute({ requester: client, operation, id: "a/b", params: {}, options: undefined });
  assertEquals(result, undefined);
  assertEquals(sent[0]!.url, "https://api.example.test/api/v1/thing/a%2Fb");
});

Deno.test("execute() falls back to request() if the requester has no send()", async () => {
  const operation: Operation<Params, string> = {
    ...LIST,
    decode: { isBody: (value) => isParams(value) && "name" in value, result: ({ name }) => String(name) },
  };
  const options = undefined;
  const named = { request: () => Promise.resolve({ name: "n" }) };
  assertEquals(await execute({ requester: named, operation, params: {}, options }), "n");
  const unnamed = { request: () => Promise.resolve({}) };
  const error = await failureOf(execute({ requester: unnamed, operation, params: {}, options }));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals([error.statusCode, error.requestId], [undefined, undefined]);
});
