import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { type HttpClientConfig, PrefactorClientError, PrefactorHttpClient } from "../../mod.ts";
import { json, recordFetch } from "../helpers.ts";
import { anything, fc, property, some } from "./setup.ts";

const TOKEN = "a-token-that-must-stay-secret";

/** Values for a field, and a check whether one is valid; `undefined` if the documentation does not say. */
interface Field {
  readonly values: fc.Arbitrary<unknown>;
  isValid(value: unknown): boolean | undefined;
}

const numbers = fc.oneof(
  fc.integer({ min: -2, max: 700 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1, 27, 64, 399, 400, 599, 600, NaN, Infinity, 2 ** 53),
);

function numeric(isValid: (value: number) => boolean): Field {
  return {
    values: fc.oneof({ arbitrary: numbers, weight: 4 }, anything()),
    isValid: (value) => typeof value === "number" && isValid(value),
  };
}

function integerFrom(least: number): Field {
  return numeric((value) => Number.isSafeInteger(value) && value >= least);
}

const duration = numeric((value) => Number.isFinite(value) && value > 0);

const headerText: Field = {
  values: fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.stringMatching(/^[!-~]+$/), anything()),
  isValid(value) {
    if (typeof value !== "string" || value === "") return false;
    if (/^[!-~]+$/.test(value)) return true;
    try {
      return new Headers({ name: value }).get("name") === value ? undefined : false;
    } catch {
      return false;
    }
  },
};

const codes: Field = {
  values: fc.oneof(
    { arbitrary: fc.array(fc.integer({ min: 398, max: 601 }), { maxLength: 3 }), weight: 3 },
    anything(),
  ),
  isValid: (value) =>
    Array.isArray(value) &&
    Array.from(value).every((code) => Number.isInteger(code) && code >= 400 && code < 600),
};

const hook = fc.constantFrom<unknown[]>(undefined, () => {}, "a string", null);

const FIELDS: Record<string, Field> = {
  apiToken: headerText,
  requestTimeout: duration,
  connectTimeout: duration,
  maxRetries: integerFrom(0),
  initialRetryDelay: duration,
  maxRetryDelay: duration,
  retryMultiplier: numeric((value) => Number.isFinite(value) && value >= 1),
  retryOnStatusCodes: codes,
  defaultIdempotencyKey: {
    values: fc.oneof(fc.stringMatching(/^[!-~]{1,30}$/), fc.string(), anything()),
    isValid: (value) => typeof value === "string" && value.length <= 27 ? headerText.isValid(value) : false,
  },
  maxConcurrency: integerFrom(1),
  sdkHeader: headerText,
  maxResponseBytes: integerFrom(1),
  fetch: {
    values: fc.oneof(fc.constant(fetch), anything()),
    isValid: (value) => typeof value === "function",
  },
  hooks: {
    values: fc.oneof(fc.record({ onRequest: hook, onResponse: hook, onRetry: hook }), anything()),
    isValid(value) {
      if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
        return false;
      }
      const { onRequest, onResponse, onRetry } = value as Record<string, unknown>;
      return [onRequest, onResponse, onRetry].every((hook) =>
        hook === undefined || typeof hook === "function"
      );
    },
  },
};

const configs = some(
  Object.fromEntries(Object.entries(FIELDS).map(([name, { values }]) => [name, values])),
  4,
);

/** Returns the error of the constructor, or `undefined` if it accepts the config. */
function errorOf(config: HttpClientConfig): unknown {
  try {
    new PrefactorHttpClient(config);
    return undefined;
  } catch (error) {
    return error;
  }
}

property("PrefactorHttpClient() accepts a valid config and names an invalid field of any other", [
  configs,
], (overrides) => {
  const config = { apiUrl: "https://h.test", apiToken: TOKEN, ...overrides };
  const before = fc.stringify(config);
  const verdicts = Object.entries(overrides).map(([name, value]) =>
    [name, value === undefined && name !== "apiToken" || FIELDS[name]!.isValid(value)] as const
  );
  const invalid = verdicts.filter(([, isValid]) => isValid === false).map(([name]) => name);
  const { maxRetryDelay = 60_000 } = overrides;
  const { initialRetryDelay = maxRetryDelay } = overrides;
  const areNumbers = typeof initialRetryDelay === "number" && typeof maxRetryDelay === "number";
  if (areNumbers && initialRetryDelay > maxRetryDelay) invalid.push("initialRetryDelay");
  const isUnspecified = verdicts.some(([, isValid]) => isValid === undefined);
  const error = errorOf(config as HttpClientConfig);
  assertEquals(fc.stringify(config), before, "the config has changed");
  if (error === undefined) return assertEquals(invalid, [], before);
  assertInstanceOf(error, PrefactorClientError, before);
  const [, named] = /'(\w+)[^']*' must be/.exec(error.message) ?? [];
  assert(isUnspecified || invalid.includes(named!), `${error.message}: ${before}`);
  assert(!error.message.includes(TOKEN), error.message);
});

const segment = fc.stringMatching(/^[a-z0-9_.~-]{1,8}$/).filter((text) => !/^\.+$/.test(text));
const parts = fc.record({
  scheme: fc.constantFrom("https://", "http://", "HTTPS://"),
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6().map((ip) => `[${ip}]`), fc.constant("api.v1.test")),
  port: fc.option(fc.integer({ min: 1, max: 65_535 })),
  path: fc.array(segment, { maxLength: 3 }),
  end: fc.constantFrom("", "/", "//", "/api/v1", "/api/v1/"),
});

property("apiUrl keeps its base path and loses a trailing / or /api/v1", [parts], async (url) => {
  const { scheme, host, port, path, end } = url;
  const base = `${scheme}${host}${port === null ? "" : `:${port}`}${path.map((text) => `/${text}`).join("")}`;
  const { fetch, sent } = recordFetch(() => json({}));
  const client = new PrefactorHttpClient({
    apiUrl: base + end,
    apiToken: TOKEN,
    allowInsecureHttp: true,
    fetch,
  });
  await client.request("GET", "/api/v1/ping");
  const expected = new URL(`${base.replace(/\/api\/v1$/, "")}/api/v1/ping`);
  assertEquals(sent[0]!.url, expected.href);
});

property("apiUrl is an absolute URL without credentials, query or fragment", [
  parts,
  fc.constantFrom(
    (url: string) => `${url}?`,
    (url: string) => `${url}?a=b`,
    (url: string) => `${url}#a`,
    (url: string) => ` ${url}`,
    (url: string) => `${url}\n`,
    (url: string) => url.replace("://", "://a:b@"),
    (url: string) => url.replace("://", "://a@"),
    (url: string) => url.replace("://", "://:b@"),
    (url: string) => url.replace(/^https?/i, "ftp"),
    (url: string) => url.replace(/^https?/i, "ws"),
    (url: string) => url.replace(/^https?:\/\//i, ""),
    (url: string) => url.replace(/^https?:/i, ""),
    (url: string) => url.replace("://", "://h\r\nost"),
    (url: string) => url.replace("://", "://\\@"),
  ),
], ({ scheme, host, path, end }, breakIt) => {
  const apiUrl = breakIt(`${scheme}${host}/${path.join("/")}${end}`);
  const error = errorOf({ apiUrl, apiToken: TOKEN, allowInsecureHttp: true });
  assertInstanceOf(error, PrefactorClientError, apiUrl);
  assertStringIncludes(error.message, "'apiUrl'");
});
