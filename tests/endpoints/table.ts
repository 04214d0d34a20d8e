/**
 * The tests that every operation must pass. Each operation is a row that says how to call it, what it sends, what it
 * returns and which params it rejects.
 *
 * @module
 */

import { assertEquals, assertFalse, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { assertSpyCalls } from "@std/testing/mock";
import {
  type HttpRequester,
  type HttpRequestOptions,
  type JsonObject,
  PrefactorClientError,
  type PrefactorHttpClient,
  PrefactorResponseContractError,
  type RequestOptions,
  VERSION,
} from "../../mod.ts";
import { json, makeClient, TOKEN } from "../helpers.ts";
import { recordRequests } from "./recording_requester.ts";

/** A client for one resource and its operations by the names of its methods. */
export interface Endpoint<Client> {
  readonly Client: new (requester: HttpRequester) => Client;
  /** Returns the endpoint client of a client. */
  readonly of: (client: PrefactorHttpClient) => Client;
  readonly operations: Readonly<Record<string, OperationRow<Client>>>;
  /** The heading in `docs/api.md` with a row for each operation. */
  readonly heading?: string;
}

/** The arguments that a row passes to its method. `params` are `never`, so that every method accepts them. */
export interface Arguments {
  readonly id: string;
  readonly params: never;
  readonly options: RequestOptions | undefined;
}

/** One operation. */
export interface OperationRow<Client> {
  /** The action that messages name, such as `create the span`. */
  readonly action: string;
  /** The HTTP method and the path, such as `POST /api/v1/agent_spans/{id}/finish`. */
  readonly request: string;
  /** Calls the method. */
  readonly call: (client: Client, args: Arguments) => Promise<unknown>;
  /** The params, if the method takes any. */
  readonly params?: ParamsRow;
  /** A response of the API. */
  readonly response: JsonObject;
  /** The result of the method; `undefined` for none. */
  readonly result: unknown;
  /** Whether errors must not include the response. */
  readonly isResponseSecret?: boolean;
}

/** The params of an operation. */
export interface ParamsRow {
  /** Where the fields are sent. In the body and in `details` an idempotency key is sent beside them. */
  readonly sentIn: "body" | "details" | "query";
  /** Whether the request carries an idempotency key. Defaults to whether it has a body. */
  readonly isKeyed?: boolean;
  /** The required params; absent if the method can be called without params. */
  readonly required?: JsonObject;
  /** The default values of fields that the params lack. */
  readonly defaults?: JsonObject;
  /** Two params of which the API accepts exactly one. The first is in `all`. */
  readonly exactlyOne?: readonly [first: string, second: string];
  /** The params that are sent even if they are `null`. */
  readonly nullable?: readonly string[];
  /** All params except the idempotency key. */
  readonly all: Readonly<Record<string, unknown>>;
  /** The fields that are sent in another form than in `all`, or `undefined` if they are not sent. */
  readonly converted?: Readonly<Record<string, unknown>>;
  /** The type of each param by its path. */
  readonly types: Readonly<Record<string, ParamType>>;
}

/** The type of a param and values of other types. */
export interface ParamType {
  /** The type as described in messages. */
  readonly expected: string;
  readonly invalid: readonly Invalid[];
  /** Creates the params with the value at its path. Defaults to the param of that name. */
  readonly paramsWith?: (value: unknown) => object;
}

/** An invalid value, and how messages show it. */
export type Invalid = readonly [value: unknown, shown: string];

const NULL: Invalid = [null, "null"];
const MISSING: readonly Invalid[] = [[undefined, "undefined"], NULL];

export const STRING: ParamType = {
  expected: "a string",
  invalid: [[7, "7"], [["a"], "an array of 1 item"], [{}, "an object"]],
};

export const BOOLEAN: ParamType = { expected: "a boolean", invalid: [["true", '"true"'], [1, "1"]] };

export const OBJECT: ParamType = {
  expected: "an object",
  invalid: [
    ["a", '"a"'],
    [[], "an array of 0 items"],
    [7, "7"],
    [new Date(0), "1970-01-01T00:00:00.000Z"], // JSON writes a string
  ],
};

export const TIMESTAMP: ParamType = {
  expected: "a valid Date or an ISO 8601 date-time",
  invalid: [
    ["abc", '"abc"'],
    ["", '""'],
    ["2024-05-06", '"2024-05-06"'],
    ["2024-13-01T00:00:00Z", '"2024-13-01T00:00:00Z"'],
    [new Date(Number.NaN), "an invalid Date"],
    [0, "0"],
    [{}, "an object"],
  ],
};

/** Returns the type of a param that is one of the values; `other` is not one of them. */
export function oneOf(values: readonly string[], other: string): ParamType {
  return { expected: `one of ${values.join(", ")}`, invalid: [[other, `"${other}"`], ["", '""'], [7, "7"]] };
}

/** Returns the type of a required param. */
export function required(type: ParamType): ParamType {
  return { ...type, invalid: [...type.invalid, ...MISSING] };
}

/** Returns the part of {@linkcode ParamsRow} that all lists share, for the params that select and sort a page. */
export function pageParams(least: JsonObject = {}): Required<Pick<ParamsRow, "all" | "converted" | "types">> {
  const withPagination = (field: string) => (value: unknown) => ({
    ...least,
    pagination: { [field]: value },
  });
  const withSorting = (field: string) => (value: unknown) => ({
    ...least,
    sorting: { field: "id", direction: "asc", [field]: value },
  });
  const notIntegers: readonly Invalid[] = [["1", '"1"'], [0.5, "0.5"], [-1, "-1"], [Number.NaN, "NaN"]];
  return {
    all: { pagination: { offset: 2, page_size: 10 }, sorting: { field: "id", direction: "desc" } },
    converted: {
      pagination: undefined,
      "pagination[offset]": 2,
      "pagination[page_size]": 10,
      sorting: undefined,
      "sorting[field]": "id",
      "sorting[direction]": "desc",
    },
    types: {
      pagination: OBJECT,
      "pagination.offset": {
        expected: `an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
        invalid: notIntegers,
        paramsWith: withPagination("offset"),
      },
      "pagination.page_size": {
        expected: "an integer from 1 to 100",
        invalid: [...notIntegers, [0, "0"], [101, "101"]],
        paramsWith: withPagination("page_size"),
      },
      sorting: OBJECT,
      "sorting.field": { ...required(STRING), paramsWith: withSorting("field") },
      "sorting.direction": {
        ...required(oneOf(["asc", "desc"], "up")),
        paramsWith: withSorting("direction"),
      },
    },
  };
}

const KEY: ParamType = {
  expected: "1 to 64 printable ASCII characters",
  invalid: [["", '""'], ["k".repeat(65), `"${"k".repeat(60)}…"`], ["a\nb", '"a\\nb"']],
};

const INVALID_IDS: readonly Invalid[] = [
  ["", '""'],
  [".", '"."'],
  ["..", '".."'],
  ["\ud83d", '"\\ud83d"'],
  [7, "7"],
  [["i-1"], "an array of 1 item"],
  ...MISSING,
];

const ENCODED_IDS: readonly [id: string, segment: string][] = [
  ["i-1", "i-1"],
  ["a b", "a%20b"],
  ["a/b", "a%2Fb"],
  ["../x", "..%2Fx"],
  ["a/../b", "a%2F..%2Fb"],
  ["...", "..."],
  ["a?b#c", "a%3Fb%23c"],
  ["100%", "100%25"],
  ["%2e%2e", "%252e%252e"],
  ["a\\b", "a%5Cb"],
  ["é", "%C3%A9"],
  ["\ud83d\ude00", "%F0%9F%98%80"],
  ["a\r\nb", "a%0D%0Ab"],
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Registers the tests of an endpoint client. */
export function testEndpoint<Client>(endpoint: Endpoint<Client>): void {
  const { Client, operations, heading } = endpoint;
  for (const [name, row] of Object.entries(operations)) testOperation(endpoint, name, row);
  if (heading === undefined) return;
  Deno.test(`docs/api.md has a row for every operation of ${Client.name}`, async () => {
    const page = await Deno.readTextFile(new URL("../../docs/api.md", import.meta.url));
    const section = page.split("\n## ").find((section) => section.startsWith(`${heading}\n`)) ?? "";
    const rows = section.matchAll(/^\| `(\w+)\([^|]+\| `(\w+) (\/[^`]+)`/gm);
    assertEquals(
      Object.fromEntries([...rows].map(([, name, method, path]) => [name, `${method} /api/v1${path}`])),
      Object.fromEntries(Object.entries(operations).map(([name, { request }]) => [name, request])),
    );
  });
}

function testOperation<Client>(
  { Client, of }: Endpoint<Client>,
  name: string,
  row: OperationRow<Client>,
): void {
  const [method, path] = row.request.split(" ") as [string, string];
  const { action, response, result, isResponseSecret } = row;
  const { sentIn, required: least, defaults, exactlyOne, nullable = [], all, converted, types }: ParamsRow =
    row.params ?? { sentIn: "query", all: {}, types: {} };
  const hasBody = sentIn !== "query";
  const isKeyed = row.params?.isKeyed ?? hasBody;

  const test = (does: string, run: () => Promise<void>) => Deno.test(`${Client.name}.${name}() ${does}`, run);
  const call = (client: Client, { params, ...args }: Partial<Record<keyof Arguments, unknown>>) =>
    row.call(client, { id: "i-1", params, ...args } as Arguments);
  const pathWith = (segment: string) => path.replace("{id}", segment);
  const leastFields = { ...defaults, ...least };

  /** Returns the request options that carry the fields. */
  function carry(fields: Readonly<Record<string, unknown>>, key: string): HttpRequestOptions {
    const body = sentIn === "details" ? { details: fields } : fields;
    return asJson({
      ...(hasBody
        ? { json: { ...body, ...(isKeyed && { idempotency_key: key }) } }
        : { params: fields as HttpRequestOptions["params"] }),
      ...(isKeyed && { idempotencyKey: key }),
      ...(isResponseSecret && { isResponseSecret }),
    });
  }

  /** Calls the method once, and returns the arguments of its requester. */
  async function argumentsFor(args: Parameters<typeof call>[1]): Promise<unknown[]> {
    const { client, request } = recordRequests(Client, response, () => "made-key");
    await call(client, args);
    assertSpyCalls(request, 1);
    return asJson(request.calls[0]!.args);
  }

  test("sends the method, the path, the headers and all params", async () => {
    const { client, sent } = makeClient(() => json(response), {
      apiUrl: "https://api.example/base/",
      sdkHeader: "my-sdk@1.2.0",
    });
    await call(of(client), { params: { ...all, ...(isKeyed && { idempotency_key: "key-1" }) } });
    const { json: body = null, params: query = {} } = carry({ ...all, ...converted }, "key-1");
    assertEquals(sent.length, 1);
    const url = new URL(sent[0]!.url);
    assertEquals({
      request: `${sent[0]!.method} ${url.origin}${url.pathname}`,
      query: [...url.searchParams],
      headers: Object.fromEntries(sent[0]!.headers),
      body: JSON.parse(sent[0]!.body ?? "null"),
    }, {
      request: `${method} https://api.example/base${pathWith("i-1")}`,
      query: Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((item): [string, string] => [name, String(item)])
      ),
      headers: {
        "accept": "application/json",
        "authorization": `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "x-prefactor-sdk": `my-sdk@1.2.0 @prefactor/http@${VERSION}`,
        ...(isKeyed && { "idempotency-key": "key-1" }),
      },
      body,
    });
  });

  test("sends the required params and the defaults", async () => {
    assertEquals(await argumentsFor({ params: least }), [
      method,
      pathWith("i-1"),
      carry(leastFields, "made-key"),
    ]);
  });

  test("resolves to its result", async () => {
    const { client } = recordRequests(Client, response);
    assertEquals(await call(client, { params: least }), result);
  });

  if (result !== undefined) {
    test("rejects a response that does not match its model", async () => {
      const { client } = recordRequests(Client, {});
      const error = await assertRejects(
        () => call(client, { params: least }),
        PrefactorResponseContractError,
      );
      assertEquals(error.body, isResponseSecret ? undefined : {});
    });
  }

  test("passes its options on without replacing what it sends", async () => {
    const options: RequestOptions = {
      signal: new AbortController().signal,
      timeout: 1,
      connectTimeout: null,
      maxRetries: 0,
      headers: { "X-Trace": "t-1" },
    };
    const { client, request } = recordRequests(Client, response, () => "made-key");
    const others = {
      ...(hasBody ? { json: { evil: true } } : { params: { evil: true } }),
      ...(isKeyed && { idempotencyKey: "evil" }),
    };
    await call(client, { params: least, options: { ...options, ...others } });
    assertEquals(request.calls[0]!.args[2], { ...options, ...carry(leastFields, "made-key") });
  });

  if (path.includes("{id}")) {
    test("percent-encodes the ID", async () => {
      const { client, sent } = makeClient(() => json(response), { apiUrl: "https://api.example" });
      for (const [id, segment] of ENCODED_IDS) {
        assertEquals((await argumentsFor({ id, params: least }))[1], pathWith(segment));
        await call(of(client), { id, params: least });
        const { origin, pathname } = new URL(sent.pop()!.url);
        assertEquals(origin + pathname, `https://api.example${pathWith(segment)}`);
      }
    });

    test("rejects an invalid ID and sends nothing", async () => {
      const { client, sent } = makeClient(() => json(response));
      for (const [id, shown] of INVALID_IDS) {
        const error = await assertRejects(
          () => call(of(client), { id, params: least }),
          PrefactorClientError,
        );
        const expected = "an id that a path can hold";
        assertEquals(error.message, `Cannot ${action}: 'id' must be ${expected}, but is ${shown}`);
      }
      assertEquals(sent.length, 0);
      await call(of(client), { params: least });
      assertEquals(sent.length, 1);
    });
  }

  if (!row.params) return;

  test("leaves out params that are null or undefined", async () => {
    for (const nothing of [null, undefined]) {
      const sent = nothing === null ? nullable : [];
      const names = [...Object.keys(all), "x_new", ...(isKeyed ? ["idempotency_key"] : [])]
        .filter((name) => !sent.includes(name));
      const params = { ...Object.fromEntries(names.map((name) => [name, nothing])), ...least };
      assertEquals((await argumentsFor({ params }))[2], carry(leastFields, "made-key"));
    }
  });

  if (nullable.length > 0) {
    test("sends the null that clears a param", async () => {
      for (const name of nullable) {
        const params = { ...least, [name]: null };
        assertEquals((await argumentsFor({ params }))[2], carry({ ...leastFields, ...params }, "made-key"));
      }
    });
  }

  if (exactlyOne) {
    test(`takes exactly one of ${exactlyOne.join(" and ")}`, async () => {
      const [first, second] = exactlyOne;
      for (const params of [{ [first]: "x" }, { [second]: "x" }]) {
        assertEquals((await argumentsFor({ params }))[2], carry(params, "made-key"));
        assertEquals(
          (await argumentsFor({ params: { [first]: null, [second]: null, ...params } }))[2],
          carry(params, "made-key"),
        );
      }
      const table: [params: object, message: string][] = [
        [{ [first]: 7 }, `'${first}' must be a string, but is 7`],
        [{ [first]: "x", [second]: "y" }, `'${second}' must be absent if '${first}' is given, but is "y"`],
        ...[[7, "7"] as const, ...MISSING].map(([value, shown]): [object, string] => [
          { [second]: value },
          `'${second}' must be a string if '${first}' is absent, but is ${shown}`,
        ]),
      ];
      for (const [params, message] of table) {
        const { client, request } = recordRequests(Client, response);
        const error = await assertRejects(() => call(client, { params }), PrefactorClientError);
        assertEquals(error.message, `Cannot ${action}: ${message}`);
        assertSpyCalls(request, 0);
      }
    });
  }

  test("sends unknown params", async () => {
    const unknown = { x_text: "a", x_array: [1], ...(hasBody && { x_object: { at: 1 } }) };
    const [, , options] = await argumentsFor({ params: { ...least, ...unknown } });
    assertEquals(options, carry({ ...leastFields, ...unknown }, "made-key"));
  });

  test("does not change its params", async () => {
    const params = deepFreeze(structuredClone(all));
    await argumentsFor({ params });
    assertEquals(params, all);
  });

  test("rejects invalid params, names the field and sends nothing", async () => {
    const missing = least ? MISSING : [NULL];
    const table: readonly (readonly [name: string, type: ParamType])[] = [
      ["params", {
        ...OBJECT,
        invalid: [...OBJECT.invalid, ...missing],
        paramsWith: (value) => value as object,
      }],
      ...Object.entries(types),
      ...(isKeyed ? [["idempotency_key", STRING], ["idempotency_key", KEY]] as const : []),
      ["x_new", { expected: "a valid Date", invalid: [[new Date(Number.NaN), "an invalid Date"]] }],
    ];
    for (const [name, { expected, invalid, paramsWith }] of table) {
      for (const [value, shown] of invalid) {
        const { client, request } = recordRequests(Client, response);
        const params = paramsWith ? paramsWith(value) : { ...least, [name]: value };
        const error = await assertRejects(
          () => call(client, { params }),
          PrefactorClientError,
          undefined,
          `${name}: ${shown}`,
        );
        assertEquals(error.message, `Cannot ${action}: '${name}' must be ${expected}, but is ${shown}`);
        assertSpyCalls(request, 0);
      }
    }
  });

  test("does not show the token in its messages", async () => {
    const { client, sent } = makeClient(() => json(response));
    const rejectsStrings = ({ invalid }: ParamType) =>
      invalid.some(([value]) => typeof value === "string" && value !== "");
    for (const [name, type] of Object.entries({ ...types, ...(isKeyed && { idempotency_key: KEY }) })) {
      if (!rejectsStrings(type)) continue;
      const params = type.paramsWith ? type.paramsWith(TOKEN) : { ...least, [name]: TOKEN };
      const { message } = await assertRejects(() => call(of(client), { params }), PrefactorClientError);
      assertFalse(message.includes(TOKEN.slice(0, 20)), message);
    }
    assertEquals(sent.length, 0);
  });

  if (!isKeyed) return;

  test("generates a key for each call if the requester does not", async () => {
    const { client, request } = recordRequests(Client, response);
    await call(client, { params: least });
    await call(client, { params: least });
    const [first, second] = request.calls.map(({ args: [, , options] }) => {
      const key = options?.idempotencyKey ?? "";
      assertMatch(key, UUID);
      if (hasBody) assertEquals((options?.json as JsonObject)["idempotency_key"], key);
      return key;
    });
    assertNotEquals(first, second);
  });
}

/** Returns the value as it is after `JSON.stringify()` and `JSON.parse()`. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
