import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type HttpClientConfig,
  PrefactorClientError,
  PrefactorHttpClient,
  RetryHandler,
  VERSION,
} from "../mod.ts";
import { resolveConfig } from "../src/config.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.a-token-of-the-caller";
const REQUIRED = { apiUrl: "https://app.prefactorai.com", apiToken: TOKEN };

/** Returns the message of the error for a config with invalid fields. */
function messageFor(fields: Record<string, unknown>): string {
  const config = { ...REQUIRED, ...fields } as HttpClientConfig;
  const { message } = assertThrows(() => new PrefactorHttpClient(config), PrefactorClientError);
  return message;
}

/** Returns the request that a client with this config sends. */
async function requestOf(fields: Partial<HttpClientConfig>, path = "/api/v1/ping"): Promise<Request> {
  const sent: Request[] = [];
  const client = new PrefactorHttpClient({
    ...REQUIRED,
    ...fields,
    fetch: (url, init) => {
      sent.push(new Request(url, init));
      return Promise.resolve(Response.json({}));
    },
  });
  await client.request("GET", path);
  assertEquals(sent.length, 1);
  return sent[0]!;
}

/** Sets environment variables while the callback runs; `undefined` deletes one. */
function withEnv<T>(variables: Record<string, string | undefined>, callback: () => T): T {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  const set = ([name, value]: readonly [string, string | undefined]) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  try {
    Object.entries(variables).forEach(set);
    return callback();
  } finally {
    before.forEach(set);
  }
}

Deno.test("resolveConfig() fills in the defaults", () => {
  const { headers: _h, redactor: _r, requestChecker: _c, retryOnStatusCodes, ...config } = resolveConfig(
    REQUIRED,
  );
  assertEquals(config, {
    baseUrl: "https://app.prefactorai.com",
    requestTimeout: 30_000,
    connectTimeout: 10_000,
    totalTimeout: null,
    retryBudget: 500,
    maxRetries: 3,
    initialRetryDelay: 1_000,
    maxRetryDelay: 60_000,
    retryMultiplier: 2,
    defaultIdempotencyKey: undefined,
    maxConcurrency: 100,
    maxResponseBytes: 16 * 1024 * 1024,
    fetch: undefined,
    hooks: undefined,
  });
  assertEquals([...retryOnStatusCodes], [429, 500, 502, 503, 504]);
});

Deno.test("resolveConfig() treats an undefined field as missing", () => {
  const undefinedFields = Object.fromEntries(
    Object.keys(resolveConfig(REQUIRED)).concat("sdkHeader").map((name) => [name, undefined]),
  );
  assertEquals(resolveConfig({ ...undefinedFields, ...REQUIRED }), resolveConfig(REQUIRED));
});

Deno.test("resolveConfig() accepts each field up to its bounds", () => {
  const table: { [Name in keyof HttpClientConfig]?: HttpClientConfig[Name][] } = {
    requestTimeout: [Number.MIN_VALUE, 0.5, 1, Number.MAX_VALUE],
    connectTimeout: [Number.MIN_VALUE, 0.5, 1, Number.MAX_VALUE],
    maxRetries: [0, 1, Number.MAX_SAFE_INTEGER],
    initialRetryDelay: [Number.MIN_VALUE, 0.5, 1, 60_000],
    maxRetryDelay: [1_000, Number.MAX_VALUE],
    retryMultiplier: [1, 1.5, 10],
    defaultIdempotencyKey: ["a", "a".repeat(27), "nightly run"],
    maxConcurrency: [1, Number.MAX_SAFE_INTEGER],
    maxResponseBytes: [1, Number.MAX_SAFE_INTEGER],
    fetch: [fetch],
    hooks: [{}, { onRequest: () => {} }, { onRequest() {}, onResponse() {}, onRetry() {} }],
  };
  for (const [name, values] of Object.entries(table)) {
    for (const value of values) {
      const config: Record<string, unknown> = { ...resolveConfig({ ...REQUIRED, [name]: value }) };
      assertEquals(config[name], value, name);
    }
  }
  for (const codes of [[], [400], [599], [400, 599, 429, 429]]) {
    const { retryOnStatusCodes } = resolveConfig({ ...REQUIRED, retryOnStatusCodes: codes });
    assertEquals(retryOnStatusCodes, new Set(codes));
  }
});

Deno.test("PrefactorHttpClient() names the field, the expected and the actual value of an invalid config", () => {
  const durations: [given: unknown, shown: string][] = [
    [0, "0"],
    [-1, "-1"],
    [Number.NaN, "NaN"],
    [Infinity, "Infinity"],
    ["1000", '"1000"'],
    [1000n, "1000"],
    [null, "null"],
    [{}, "an object"],
  ];
  const counts: [given: unknown, shown: string][] = [
    [-1, "-1"],
    [0.5, "0.5"],
    [Number.NaN, "NaN"],
    [Infinity, "Infinity"],
    [2 ** 53, "9007199254740992"],
    ["3", '"3"'],
    [null, "null"],
    [true, "true"],
  ];
  const table: [name: string, expected: string, given: [given: unknown, shown: string][]][] = [
    ["requestTimeout", "a finite number of ms > 0", durations],
    ["connectTimeout", "a finite number of ms > 0", durations],
    ["totalTimeout", "a finite number of ms > 0", durations.filter(([value]) => value !== null)],
    ["retryBudget", "an integer >= 0", counts.filter(([value]) => value !== null)],
    ["allowInsecureHttp", "a boolean", [["yes", '"yes"'], [1, "1"], [null, "null"]]],
    ["initialRetryDelay", "a finite number of ms > 0", durations],
    ["initialRetryDelay", "at most maxRetryDelay, which is 60000", [[60_001, "60001"]]],
    ["maxRetryDelay", "a finite number of ms > 0", durations],
    ["maxRetries", "an integer >= 0", counts],
    ["maxConcurrency", "an integer >= 1", [...counts, [0, "0"]]],
    ["maxResponseBytes", "an integer >= 1", [...counts, [0, "0"]]],
    ["retryMultiplier", "a finite number >= 1", [
      [0.99, "0.99"],
      [0, "0"],
      [-2, "-2"],
      [Number.NaN, "NaN"],
      [Infinity, "Infinity"],
      ["2", '"2"'],
      [null, "null"],
    ]],
    ["retryOnStatusCodes", "an array", [
      [429, "429"],
      ["429", '"429"'],
      [null, "null"],
      [new Set([429]), "an object"],
    ]],
    ["retryOnStatusCodes", "from 400 to 599", [
      [[399], "399"],
      [[600], "600"],
      [[429, 200], "200"],
      [[429.5], "429.5"],
      [["429"], '"429"'],
      [[null], "null"],
      [[Number.NaN], "NaN"],
      [new Array(1), "undefined"],
    ]],
    ["defaultIdempotencyKey", "27 ", [
      ["a".repeat(28), `"${"a".repeat(28)}"`],
      ["a\nb", '"a\\nb"'],
      ["é\u0100", '"é\u0100"'],
      [7, "7"],
      [null, "null"],
    ]],
    ["sdkHeader", "a valid header value", [
      ["", '""'],
      ["a\r\nX-Evil: 1", '"a\\r\\nX-Evil: 1"'],
      ["\u0100", '"\u0100"'],
      [7, "7"],
      [null, "null"],
    ]],
    ["fetch", "a function", [["fetch", '"fetch"'], [null, "null"], [{}, "an object"]]],
    ["hooks", "an object", [[null, "null"], [[], "an array of 0 items"], [() => {}, "a function"]]],
    ["apiToken", "a non-empty string", [
      ["", '""'],
      [undefined, "undefined"],
      [null, "null"],
      [7, "7"],
      [{}, "an object"],
    ]],
    ["apiUrl", "an absolute https: URL without credentials, query or fragment", [
      ["", '""'],
      ["app.prefactorai.com", '"app.prefactorai.com"'],
      ["/api/v1", '"/api/v1"'],
      ["//app.prefactorai.com", '"//app.prefactorai.com"'],
      ["https://", '"https://"'],
      ["https:app.prefactorai.com", '"https:app.prefactorai.com"'],
      ["ftp://app.prefactorai.com", '"ftp://app.prefactorai.com"'],
      ["javascript:alert(1)", '"javascript:alert(1)"'],
      ["file:///etc/passwd", '"file:///etc/passwd"'],
      ["https://app.prefactorai.com?a=1", '"https://app.prefactorai.com?a=1"'],
      ["https://app.prefactorai.com?", '"https://app.prefactorai.com?"'],
      ["https://app.prefactorai.com#a", '"https://app.prefactorai.com#a"'],
      ["https://app.prefactorai.com#", '"https://app.prefactorai.com#"'],
      ["https://app.prefactorai.com:99999", '"https://app.prefactorai.com:99999"'],
      [" https://app.prefactorai.com", '" https://app.prefactorai.com"'],
      ["https://app.prefactorai.com\n", '"https://app.prefactorai.com\\n"'],
      [undefined, "undefined"],
      [null, "null"],
      [7, "7"],
      [new URL("https://app.prefactorai.com"), "an object"],
    ]],
    ["apiUrl", "an https: URL, because http: sends the token unencrypted", [
      ["http://app.prefactorai.com", '"http://app.prefactorai.com"'],
      ["http://localhost.example.com", '"http://localhost.example.com"'],
      ["http://notlocalhost", '"http://notlocalhost"'],
      ["http://128.0.0.1", '"http://128.0.0.1"'],
      ["http://[::2]", '"http://[::2]"'],
    ]],
  ];
  for (const [name, expected, givens] of table) {
    for (const [given, shown] of givens) {
      const message = messageFor({ [name]: given });
      assertStringIncludes(message, `'${name}'`);
      assertStringIncludes(message, expected);
      assertStringIncludes(message, `but is ${shown}`);
    }
  }
});

Deno.test("PrefactorHttpClient() names a hook that is not a function", () => {
  for (const name of ["onRequest", "onResponse", "onRetry"]) {
    for (const hook of [null, "log", {}]) {
      assertStringIncludes(messageFor({ hooks: { [name]: hook } }), `'hooks.${name}'`);
    }
  }
});

Deno.test("PrefactorHttpClient() rejects a config that is not an object", () => {
  for (const config of [undefined, null, "https://app.prefactorai.com", 7, [REQUIRED]]) {
    assertThrows(() => new PrefactorHttpClient(config as never), PrefactorClientError, "'config'");
  }
});

Deno.test("PrefactorHttpClient() rejects an initialRetryDelay above maxRetryDelay", () => {
  const message = messageFor({ initialRetryDelay: 501, maxRetryDelay: 500 });
  assertStringIncludes(message, "'initialRetryDelay'");
  assertStringIncludes(message, "at most maxRetryDelay, which is 500, but is 501");
  new PrefactorHttpClient({ ...REQUIRED, initialRetryDelay: 500, maxRetryDelay: 500 });
});

Deno.test("RetryHandler() rejects the same invalid fields as the client", () => {
  for (const name of ["maxRetries", "initialRetryDelay", "maxRetryDelay", "retryMultiplier"]) {
    assertThrows(() => new RetryHandler({ [name]: -1 }), PrefactorClientError, `'${name}'`);
  }
  new RetryHandler();
});

Deno.test("PrefactorHttpClient() does not echo the token in an error", () => {
  const table: Record<string, Record<string, unknown>> = {
    "a token with a line feed": { apiToken: `${TOKEN}\n` },
    "a token with a space before it": { apiToken: ` ${TOKEN}` },
    "a token with a character that is invalid in a header": { apiToken: `${TOKEN}\u0100` },
    "the URL and the token swapped": { apiUrl: TOKEN, apiToken: REQUIRED.apiUrl },
    "the token in place of the URL": { apiUrl: TOKEN },
    "the token in the URL's query": { apiUrl: `https://app.prefactorai.com?token=${TOKEN}` },
    "the token in the URL's fragment": { apiUrl: `https://app.prefactorai.com#${TOKEN}` },
    "the token as the URL's user": { apiUrl: `https://${TOKEN}@app.prefactorai.com` },
    "the token as the URL's password": { apiUrl: `https://me:${TOKEN}@app.prefactorai.com` },
    "the token as the prefix of keys": { defaultIdempotencyKey: TOKEN },
    "the token as a number of ms": { requestTimeout: TOKEN },
  };
  const echoes = Object.keys(table).filter((name) => messageFor(table[name]!).includes(TOKEN.slice(0, 20)));
  assertEquals(echoes, []);
});

Deno.test("PrefactorHttpClient() rejects credentials in the URL and does not echo them", () => {
  for (const url of ["https://me:hunter2@app.prefactorai.com", "https://hunter2@app.prefactorai.com/base"]) {
    const message = messageFor({ apiUrl: url });
    assertStringIncludes(message, "'apiUrl'");
    assertStringIncludes(message, "without credentials");
    assertFalse(message.includes("hunter2"), message);
  }
});

Deno.test("PrefactorHttpClient does not show the token in a log", () => {
  const client = new PrefactorHttpClient(REQUIRED);
  for (const text of [Deno.inspect(client, { depth: 20, showHidden: true }), JSON.stringify(client)]) {
    assertFalse(text.includes(TOKEN), text);
  }
});

Deno.test("PrefactorHttpClient() keeps the base path and ignores a trailing / or /api/v1", async () => {
  const table: [apiUrl: string, base: string][] = [
    ["https://app.prefactorai.com", "https://app.prefactorai.com"],
    ["https://app.prefactorai.com/", "https://app.prefactorai.com"],
    ["https://app.prefactorai.com//", "https://app.prefactorai.com"],
    ["https://app.prefactorai.com/api/v1", "https://app.prefactorai.com"],
    ["https://app.prefactorai.com/api/v1/", "https://app.prefactorai.com"],
    ["https://app.prefactorai.com/base", "https://app.prefactorai.com/base"],
    ["https://app.prefactorai.com/base/", "https://app.prefactorai.com/base"],
    ["https://app.prefactorai.com/base/api/v1", "https://app.prefactorai.com/base"],
    ["https://app.prefactorai.com/base/api/v1/", "https://app.prefactorai.com/base"],
    ["https://app.prefactorai.com/api/v1/base", "https://app.prefactorai.com/api/v1/base"],
    ["https://app.prefactorai.com/my-api/v1", "https://app.prefactorai.com/my-api/v1"],
    ["https://app.prefactorai.com/api/v2", "https://app.prefactorai.com/api/v2"],
    ["https://app.prefactorai.com/api/v11", "https://app.prefactorai.com/api/v11"],
    ["HTTPS://APP.prefactorai.com", "https://app.prefactorai.com"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://agent.localhost:8080", "http://agent.localhost:8080"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    ["http://api:8080/v1", "http://api:8080/v1"],
  ];
  for (const [apiUrl, base] of table) {
    const allowInsecureHttp = apiUrl.startsWith("http://api");
    assertEquals((await requestOf({ apiUrl, allowInsecureHttp })).url, `${base}/api/v1/ping`, apiUrl);
  }
});

Deno.test("PrefactorHttpClient() does not treat a host called api as part of the path", async () => {
  for (const apiUrl of ["http://api/v1", "http://api/v1/", "http://api/v1/api/v1"]) {
    const { url } = await requestOf({ apiUrl, allowInsecureHttp: true });
    assertEquals(url, "http://api/v1/api/v1/ping", apiUrl);
  }
});

Deno.test("PrefactorHttpClient() puts the upstream SDK before itself in X-Prefactor-SDK", async () => {
  const own = `@prefactor/http@${VERSION}`;
  assertEquals((await requestOf({})).headers.get("x-prefactor-sdk"), own);
  const request = await requestOf({ sdkHeader: "my-sdk@1.2.0" });
  assertEquals(request.headers.get("x-prefactor-sdk"), `my-sdk@1.2.0 ${own}`);
});

Deno.test("PrefactorHttpClient() reads its config once", async () => {
  const codes = [503];
  const config: HttpClientConfig = { ...REQUIRED, retryOnStatusCodes: codes };
  const resolved = resolveConfig(config);
  codes.push(404);
  assertEquals(resolved.retryOnStatusCodes, new Set([503]));
  assert(Object.isFrozen(resolved) && Object.isFrozen(resolved.headers));

  const urls: unknown[] = [];
  const given: HttpClientConfig = {
    ...REQUIRED,
    fetch: (url) => (urls.push(url), Promise.resolve(Response.json({}))),
  };
  const client = new PrefactorHttpClient(given);
  given.apiUrl = "https://elsewhere.example";
  await client.request("GET", "/api/v1/ping");
  assertEquals(urls, ["https://app.prefactorai.com/api/v1/ping"]);
});

Deno.test("PrefactorHttpClient.fromEnv() reads the URL and the token", async () => {
  const sent: Request[] = [];
  const client = withEnv(
    { PREFACTOR_API_URL: "https://env.example/base/", PREFACTOR_API_TOKEN: "env-token" },
    () =>
      PrefactorHttpClient.fromEnv({
        fetch: (url, init) => {
          sent.push(new Request(url, init));
          return Promise.resolve(Response.json({}));
        },
      }),
  );
  await client.request("GET", "/api/v1/ping");
  assertEquals(sent.map(({ url, headers }) => [url, headers.get("authorization")]), [
    ["https://env.example/base/api/v1/ping", "Bearer env-token"],
  ]);
});

Deno.test("PrefactorHttpClient.fromEnv() names a variable that is missing or empty", () => {
  const table: [url: string | undefined, token: string | undefined, missing: string][] = [
    [undefined, TOKEN, "PREFACTOR_API_URL"],
    ["", TOKEN, "PREFACTOR_API_URL"],
    [REQUIRED.apiUrl, undefined, "PREFACTOR_API_TOKEN"],
    [REQUIRED.apiUrl, "", "PREFACTOR_API_TOKEN"],
    [undefined, undefined, "PREFACTOR_API_"],
  ];
  for (const [url, token, missing] of table) {
    const error = withEnv(
      { PREFACTOR_API_URL: url, PREFACTOR_API_TOKEN: token },
      () => assertThrows(() => PrefactorHttpClient.fromEnv(), PrefactorClientError, missing),
    );
    assertFalse(error.message.includes(TOKEN));
  }
});

Deno.test("PrefactorHttpClient.fromEnv() does not need a variable if its field is in the overrides", () => {
  const none = { PREFACTOR_API_URL: undefined, PREFACTOR_API_TOKEN: undefined };
  withEnv(none, () => PrefactorHttpClient.fromEnv(REQUIRED));
  withEnv(
    { ...none, PREFACTOR_API_TOKEN: TOKEN },
    () => PrefactorHttpClient.fromEnv({ apiUrl: REQUIRED.apiUrl }),
  );
  withEnv(
    { ...none, PREFACTOR_API_URL: REQUIRED.apiUrl },
    () => PrefactorHttpClient.fromEnv({ apiToken: TOKEN }),
  );
  withEnv(
    { PREFACTOR_API_URL: "not a URL", PREFACTOR_API_TOKEN: "\n" },
    () => PrefactorHttpClient.fromEnv(REQUIRED),
  );
});

Deno.test("PrefactorHttpClient.fromEnv() checks the variables and the overrides", () => {
  const set = { PREFACTOR_API_URL: REQUIRED.apiUrl, PREFACTOR_API_TOKEN: TOKEN };
  withEnv(
    { ...set, PREFACTOR_API_URL: "not a URL" },
    () => assertThrows(() => PrefactorHttpClient.fromEnv(), PrefactorClientError, "'apiUrl'"),
  );
  withEnv(set, () => {
    assertThrows(() => PrefactorHttpClient.fromEnv({ maxRetries: -1 }), PrefactorClientError, "'maxRetries'");
  });
});

Deno.test("PrefactorHttpClient.fromEnv() rejects overrides that are not an object", () => {
  withEnv({ PREFACTOR_API_URL: REQUIRED.apiUrl, PREFACTOR_API_TOKEN: TOKEN }, () => {
    assertThrows(() => PrefactorHttpClient.fromEnv(null as never), PrefactorClientError);
  });
});
