/**
 * How do I cancel a call or limit its time?
 *
 * The sandbox in this example never responds, so every call ends with a timeout, an abort or a closed client.
 *
 * ```sh
 * deno run examples/cancel_and_time_out.ts
 * ```
 *
 * @module
 */
import { PrefactorClientError, PrefactorHttpClient, PrefactorTimeoutError } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
sandbox.faults.next({ kind: "hang" }, { times: Infinity });
const client = new PrefactorHttpClient(sandbox.config({ initialRetryDelay: 20 }));
const ping = (options: Parameters<typeof client.request>[2]) =>
  client.request("GET", "/api/v1/ping", options).catch((error: unknown) => error);

// Limit one attempt, in ms: `timeout` to the last byte, `connectTimeout` to the response headers.
const timeout = await ping({ timeout: 50, maxRetries: 0 });
if (timeout instanceof PrefactorTimeoutError) console.log("Timed out:", timeout.phase, timeout.timeout, "ms");

// Limit the whole call, including retries and delays, with a signal. The call rejects with the signal's reason.
const overdue = await ping({ timeout: 50, signal: AbortSignal.timeout(120) });
if (overdue instanceof DOMException) console.log("Out of time:", overdue.name);

// Cancel a call.
const stop = new AbortController();
const stopped = ping({ signal: stop.signal });
stop.abort("The user pressed stop");
console.log("Stopped:", await stopped);

// Combine several signals.
const either = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(30)]);
console.log("Either:", (await ping({ signal: either }) as Error).name);

// Close the client: calls in flight have 50 ms to finish before they are aborted.
const unfinished = ping({});
await client.close({ timeout: 50 });
const error = await unfinished;
if (error instanceof PrefactorClientError) console.log("Closed:", error.message);

// The API may have executed a cancelled call. To find out, send it again with the same key: the API repeats its
// first response.
sandbox.faults.clear();
await using again = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const key = { ...agent, idempotency_key: "run-of-2026-01-01" };
const [first, second] = [await again.agentInstances.register(key), await again.agentInstances.register(key)];
console.log("Recorded once:", first.id === second.id && sandbox.instances.size === 1);
