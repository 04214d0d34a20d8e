import { assert, assertEquals, assertMatch } from "@std/assert";

/** The promises of SECURITY.md, each with the names of the tests that verify it, by file. `…` stands for any text. */
const PROMISES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // The token
  "No error, log or hook event contains the token": {
    "secrets_test.ts": [
      "PrefactorHttpClient does not expose its token",
      "PrefactorHttpClient.request() redacts a token that the response echoes",
      "endpoint methods redact a token in a response that does not match its model",
      "endpoint methods redact a token in a body that is nested too deep to search",
      "PrefactorHttpClient.request() redacts a token in the error of a body",
      "PrefactorHttpClient.request() redacts a token in an invalid argument",
      "PrefactorHttpClient() redacts a token in an invalid config",
      "a token of digits is redacted in numbers",
      "retries and hook events do not contain the token",
    ],
    "secrets_records_test.ts": ["a run with faults of every kind does not expose the token"],
    "runtimes/failing.ts": ["the error of a response that echoes the token does not contain it"],
  },
  "The causes of errors are rebuilt": {
    "secrets_test.ts": ["PrefactorHttpClient.request() redacts a token in the error of fetch"],
    "transport/network_error_test.ts": [
      "a call settles regardless of what fetch rejects with",
      "no error contains the token from a rejection of fetch",
      "the cause of a network error keeps the facts of the original",
    ],
  },
  "No error or hook event contains a token or an invite that the platform created": {
    "admin/secrets_test.ts": [
      "…() keeps secrets out of its errors and events",
      "adminUserInvites.listAll() keeps secrets out of the error about a page that does not advance",
      "apiTokens.create() keeps secrets out of the errors of its retries",
    ],
    "secrets_test.ts": ["isResponseSecret keeps the body of a response out of errors"],
  },
  "Requests go only to the origin and the base path of apiUrl": {
    "transport/request_test.ts": [
      "PrefactorHttpClient.request() rejects a path that could leave the base path of apiUrl",
    ],
    "fuzz/params_test.ts": ["PrefactorHttpClient.request() keeps a path below apiUrl or rejects it"],
    "fuzz/config_test.ts": ["apiUrl is an absolute URL without credentials, query or fragment"],
  },
  "Redirects are not followed": {
    "redirects_test.ts": [
      "PrefactorHttpClient.request() does not follow redirects",
      "PrefactorHttpClient.request() does not follow or retry other 3xx responses",
      "endpoint methods do not follow redirects",
    ],
    "runtimes/failing.ts": ["a redirect is not followed"],
  },
  "The token is not sent over http: unless you allow it": {
    "config_test.ts": [
      "PrefactorHttpClient() keeps the base path and ignores a trailing / or /api/v1",
      "PrefactorHttpClient() names the field, the expected and the actual value of an invalid config",
    ],
  },
  "Your headers cannot replace the token": {
    "transport/request_test.ts": [
      "PrefactorHttpClient.request() adds headers but does not replace Authorization",
    ],
    "fuzz/params_test.ts": ["PrefactorHttpClient.request() sends any options or rejects them"],
  },

  // Requests
  "IDs, params and keys stay in their place": {
    "secrets_test.ts": [
      "IDs and params are encoded in the URL",
      "PrefactorHttpClient rejects text that could break out of a header or a URL",
    ],
    "fuzz/params_test.ts": [
      "AgentSpanClient.finish() keeps an ID in one path segment or rejects it",
      "PrefactorHttpClient.request() keeps params in the query or rejects them",
    ],
  },
  "An invalid argument is rejected before anything is sent": {
    "transport/request_test.ts": [
      "PrefactorHttpClient.request() rejects invalid arguments and sends nothing",
    ],
    "fuzz/params_test.ts": ["PrefactorHttpClient.request() sends any options or rejects them"],
    "fuzz/bulk_test.ts": ["BulkClient.execute() sends any request or rejects it"],
    "fuzz/config_test.ts": [
      "PrefactorHttpClient() accepts a valid config and names an invalid field of any other",
    ],
  },
  "All attempts of a call send the same key and the same bytes": {
    "dispatcher_test.ts": ["PrefactorHttpClient.request() sends the same request at each attempt"],
    "transport/request_test.ts": ["PrefactorHttpClient.request() rejects an Idempotency-Key in headers"],
    "storm_test.ts": ["AgentSpanClient.create() creates each of … spans once under random faults …"],
    "runtimes/failing.ts": ["all attempts send the same idempotency key and the same body"],
  },
  "A write without a key is not repeated blindly": {
    "dispatcher_test.ts": [
      "a POST or PATCH without a key is retried only if it cannot have been carried out",
    ],
    "errors/network_cause_test.ts": [
      "isNeverConnected() recognizes a refused connection and an unknown name on each runtime",
    ],
  },

  // Responses
  "A method resolves to its declared type or rejects": {
    "fuzz/guards_test.ts": [
      "… accepts what its interface allows, and findIssue() names the first invalid field",
    ],
    "transport/response_test.ts": [
      "PrefactorHttpClient.request() rejects a response that is not a JSON object",
    ],
  },
  "A response cannot change a prototype": {
    "errors/size_test.ts": ["a field called __proto__ in a response changes no prototype"],
  },
  "A response is never returned to another call": {
    "faults/keep_alive_test.ts": [
      "PrefactorHttpClient.request() never returns an unsolicited response",
      "PrefactorHttpClient.request() matches responses to requests on connections …",
    ],
  },
  "A response longer than maxResponseBytes is not read to its end": {
    "transport/response_test.ts": [
      "maxResponseBytes limits the size of a response",
      "maxResponseBytes defaults to 16 MiB",
    ],
    "transport/transport_test.ts": [
      "a body without getReader() is read by arrayBuffer() under the same limit",
    ],
    "faults/scenarios.ts": [
      "an endless chunked body",
      "an endless chunked body with a small Content-Length",
      "a gzip bomb with a retried status",
    ],
    "runtimes/failing.ts": [
      "maxResponseBytes limits a response of known length, an endless one and a compressed one",
    ],
  },
  "An error keeps at most 64 KiB of a response": {
    "errors/size_test.ts": [
      "an error of a large response keeps at most 64 KiB of it",
      "long texts are cut before fields are omitted, so that IDs are kept",
      "omitted parts are marked",
    ],
    "transport/network_error_test.ts": ["a large rejection of fetch results in a small error"],
  },
  "A fetch that returns no usable response fails its call at once": {
    "transport/transport_test.ts": [
      "a custom fetch that returns an unusable response makes the call reject immediately with the reason",
    ],
  },

  // Load on the API
  "An API that is down receives little more than one request per call": {
    "retry/budget_test.ts": [
      "retryBudget limits the retries while the API is down",
      "retryBudget never stops calls of which every other attempt succeeds",
    ],
  },
  "A 429 with Retry-After holds back the whole client": {
    "transport/pause_test.ts": [
      "a 429 with Retry-After holds back every other call of the client",
      "calls that received a 429 together are not retried together",
    ],
  },
  "Retry delays stay within their bounds": {
    "dispatcher_test.ts": [
      "PrefactorHttpClient.request() fails immediately if Retry-After is longer than maxRetryDelay",
    ],
    "fuzz/retry_test.ts": ["RetryHandler.execute() keeps every delay within its bounds"],
  },
  "An untrusted certificate fails the call without a retry": {
    "dispatcher_test.ts": ["an untrusted certificate is not retried"],
  },

  // Time and memory
  "Every attempt ends within requestTimeout, and every call within totalTimeout": {
    "transport/timeouts_test.ts": [
      "requestTimeout limits the time to the last byte of the response",
      "PrefactorHttpClient.request() times out if a real server stalls",
    ],
    "transport/pause_test.ts": [
      "totalTimeout bounds the whole call and has the last failure as its cause",
      "a call that is held back ends by its totalTimeout or its signal, and is not sent",
    ],
    "runtimes/failing.ts": ["requestTimeout limits the read of the body and cancels it"],
  },
  "A response that arrives while the program is blocked is not discarded": {
    "transport/stall_test.ts": [
      "a response to … that arrives while the loop is blocked … is not thrown away",
    ],
  },
  "An abort or close({ timeout }) ends a call immediately": {
    "pending_call_test.ts": ["an abort … rejects with its reason"],
    "closing_test.ts": ["PrefactorHttpClient.close({ timeout }) aborts a call …"],
    "runtimes/ending.ts": ["an abort …", "close({ timeout }) aborts calls still in flight after the timeout"],
  },
  "A broken fetch, hook, signal or argument affects only its own call": {
    "cleanliness_test.ts": [
      "a fetch that … affects only its own call, for at most its timeout",
      "a fetch that settles after its timeout affects no other call",
      "a hook that … does not affect its call",
      "an invalid or throwing signal affects only its own call",
      "… affects only its own call",
    ],
  },
  "A call leaves nothing behind": {
    "cleanliness_test.ts": ["10,000 calls with one AbortSignal leave no listener"],
    "transport/response_test.ts": ["PrefactorHttpClient.request() reads every body to its end or cancels it"],
    "transport/timeouts_test.ts": ["PrefactorHttpClient.request() leaves no timer, however it ends"],
    "runtimes/ending.ts": [
      "a call leaves no timer, however it ends",
      "many calls with one signal cause no warning",
    ],
  },
  "An idle client does not keep a process alive": {
    "closing_test.ts": ["PrefactorHttpClient() does not keep an idle process alive"],
    "runtimes/runtimes.ts": ["the scenarios pass on …"],
  },

  // The sandbox
  "The sandbox does not record the token": {
    "secrets_records_test.ts": ["PrefactorSandbox does not record the token"],
  },
  "A website cannot use the sandbox's server": {
    "testing/server_test.ts": [
      "serveSandbox() … pages of the origin …",
      "serveSandbox() creates a token of its own by default",
      "serveSandbox() on … its page at …",
    ],
  },
  "A website cannot use the sandbox's page either": {
    "testing/server_test.ts": ["serveSandbox() on … its page at …"],
    "testing/page/page_test.ts": ["SandboxPage rejects the actions of … origin"],
  },
  "The sandbox's page shows recorded data only as text, and never the token": {
    "testing/page/page_test.ts": [
      "SandboxPage serves its document with a policy that allows nothing else",
      "SandboxPage never sends the token",
    ],
    "page/browser.ts": [
      "recorded markup stays text in every view",
      "requests show their fault, key, replay and bodies, and no view shows the token",
    ],
  },
  "A request cannot change a prototype": {
    "testing/hostile_keys_test.ts": [
      "sandbox.fetch() keeps the prototypes when … is a key of a body",
      "sandbox.fetch() keeps the prototypes when … is a key of a query, path or bulk item",
    ],
  },
  "The sandbox's memory is limited": {
    "testing/sandbox_test.ts": [
      "PrefactorSandbox() keeps to maxRecords and drops ended spans before open ones",
      "PrefactorSandbox() keeps to maxBytes with large records of every kind",
    ],
  },
};

Deno.test("SECURITY.md makes exactly the promises that have tests", async () => {
  const markdown = await Deno.readTextFile(new URL("../SECURITY.md", import.meta.url));
  const [limits = "", promises = ""] = markdown.split("\n## What the package promises\n");
  assertMatch(limits, /\n## Where the promises end\n/);
  const promised = [...promises.matchAll(/^- \*\*([^*]+)\*\*/gm)]
    .map(([, promise]) => promise!.replaceAll("`", "").replace(/\s+/g, " ").replace(/\.$/, ""));
  assertEquals(promised, Object.keys(PROMISES));
});

Deno.test("every test of a promise exists", async (t) => {
  for (const [promise, files] of Object.entries(PROMISES)) {
    await t.step(promise, async () => {
      for (const [file, names] of Object.entries(files)) {
        const source = await Deno.readTextFile(new URL(file, import.meta.url));
        assert(names.length > 0);
        for (const name of names) {
          const text = name.split("…").map(RegExp.escape).join(".*");
          assert(new RegExp(`["\`]${text}["\`]`).test(source), `${file}: ${name}`);
        }
      }
    });
  }
});
