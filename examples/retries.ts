/**
 * What is tried again, how long does it wait, and what do my logs say of it?
 *
 * The sandbox fails on demand here; delays are short for the reader's sake. In production the defaults do well:
 * 3 retries, after about 1, 2 and 4 seconds, or as long as the API asks in `Retry-After`.
 *
 * ```sh
 * deno run examples/retries.ts
 * ```
 *
 * @module
 */
import {
  isTransientHttpError,
  PrefactorApiError,
  PrefactorHttpClient,
  PrefactorRetryExhaustedError,
} from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config({
  maxRetries: 2, // three attempts in all
  initialRetryDelay: 20, // ms; then 40, each times a random factor from 0.5 to 1
  maxRetryDelay: 2_000, // ms; a longer Retry-After fails the call at once
  hooks: {
    onRetry: ({ method, path, attempt, delay, error }) =>
      console.warn(`${method} ${path}: attempt ${attempt}, ${delay} ms after "${reason(error)}"`),
  },
}));

/** The text of an error of this package is made for logs: it says what failed and never holds the token. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function ping(question: string): Promise<void> {
  console.log(`\n# ${question}`);
  try {
    await client.request("GET", "/api/v1/ping");
    console.log("Answered");
  } catch (error) {
    const cause = error instanceof PrefactorRetryExhaustedError ? error.lastError : error;
    const facts = cause instanceof PrefactorApiError ? `${cause.statusCode} ${cause.code}` : "no answer";
    console.log(`${reason(error)} [${facts}, ${isTransientHttpError(error) ? "later may do" : "give up"}]`);
  }
}

sandbox.faults.next({ kind: "status", status: 503 });
sandbox.faults.next({ kind: "refuse" });
await ping("Two failures, then an answer");
sandbox.faults.next({ kind: "status", status: 429, retryAfter: 1 });
await ping("Too many requests: the API asks for a second");
sandbox.faults.next({ kind: "status", status: 503, retryAfter: 3_600 });
await ping("The API asks for an hour");
sandbox.faults.next({ kind: "status", status: 500 }, { times: 3 });
await ping("Every attempt fails");
sandbox.faults.next({ kind: "status", status: 403 });
await ping("An error that no retry mends");
