/**
 * How do I stop a call, or give it only so long?
 *
 * The sandbox never answers here, so that each call ends by what it was told.
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

// One attempt: `timeout` to the last byte, `connectTimeout` to the headers, in ms.
const timeout = await ping({ timeout: 50, maxRetries: 0 });
if (timeout instanceof PrefactorTimeoutError) console.log("Timed out:", timeout.phase, timeout.timeout, "ms");

// The whole call, its retries and waits included: a signal. The call rejects with the signal's own reason.
const overdue = await ping({ timeout: 50, signal: AbortSignal.timeout(120) });
if (overdue instanceof DOMException) console.log("Out of time:", overdue.name);

// The user pressed stop.
const stop = new AbortController();
const stopped = ping({ signal: stop.signal });
stop.abort("The user pressed stop");
console.log("Stopped:", await stopped);

// Several reasons at a time.
const either = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(30)]);
console.log("Either:", (await ping({ signal: either }) as Error).name);

// The program ends: what is in flight gets 50 ms, then it is aborted.
const late = ping({});
await client.close({ timeout: 50 });
const refusal = await late;
if (refusal instanceof PrefactorClientError) console.log("Closed:", refusal.message);

// Whatever was stopped may have been carried out. To find out, send it again with the same key: the first
// answer is given again.
sandbox.faults.clear();
await using again = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const key = { ...agent, idempotency_key: "run-of-2026-01-01" };
const [first, second] = [await again.agentInstances.register(key), await again.agentInstances.register(key)];
console.log("Recorded once:", first.id === second.id && sandbox.instances.size === 1);
