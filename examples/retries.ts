/**
 * Which calls are retried, how long are the delays, and what is logged?
 *
 * The sandbox fails on demand, and the delays are short to keep the example fast. The defaults suit production: 3
 * retries, after at most 1, 2 and 4 seconds, or after the delay that the API asks for with `Retry-After`.
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
  maxRetries: 2, // three attempts in total
  initialRetryDelay: 20, // ms; the next is 40, both multiplied by a random factor from 0.5 to 1
  maxRetryDelay: 2_000, // ms; a longer Retry-After fails the call immediately
  hooks: {
    onRetry: ({ method, path, attempt, delay, error }) =>
      console.warn(`${method} ${path}: attempt ${attempt}, ${delay} ms after "${reason(error)}"`),
  },
}));

/** Returns the message of an error. Messages of this package never contain the token, so they are safe to log. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function ping(question: string): Promise<void> {
  console.log(`\n# ${question}`);
  try {
    await client.request("GET", "/api/v1/ping");
    console.log("Succeeded");
  } catch (error) {
    const cause = error instanceof PrefactorRetryExhaustedError ? error.lastError : error;
    const facts = cause instanceof PrefactorApiError ? `${cause.statusCode} ${cause.code}` : "no response";
    console.log(`${reason(error)} [${facts}, ${isTransientHttpError(error) ? "transient" : "permanent"}]`);
  }
}

sandbox.faults.next({ kind: "status", status: 503 });
sandbox.faults.next({ kind: "refuse" });
await ping("Two failures, then a response");
sandbox.faults.next({ kind: "status", status: 429, retryAfter: 1 });
await ping("Too many requests: the API asks for a delay of a second");
sandbox.faults.next({ kind: "status", status: 503, retryAfter: 3_600 });
await ping("The API asks for a delay of an hour");
sandbox.faults.next({ kind: "status", status: 500 }, { times: 3 });
await ping("Every attempt fails");
sandbox.faults.next({ kind: "status", status: 403 });
await ping("An error that is not retried");
