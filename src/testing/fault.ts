/**
 * The kinds of faults.
 *
 * @module
 */

/**
 * A fault that can be injected into a request.
 *
 * - `refuse`: the connection fails. The request is not processed.
 * - `status`: a response with that status, and with `Retry-After: <retryAfter>` in seconds if `retryAfter` is set. The
 *   request is not processed.
 * - `redirect`: a 302 to `location`, which defaults to `/moved` and the path. The request is not processed.
 * - `lose`: the request is processed, then the connection fails.
 * - `cut`: the request is processed, then the connection fails in the middle of the response body.
 * - `garbage`: the request is processed; the response has status 200 and a body that is not JSON.
 * - `delay`: the request is processed; the response follows after `ms` milliseconds.
 * - `hang`: the request is processed; no response follows.
 *
 * A request whose signal aborts rejects with the signal's reason.
 */
export type Fault =
  | { readonly kind: "refuse" | "lose" | "cut" | "hang" | "garbage" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: "redirect"; readonly location?: string };

/** The name of a {@linkcode Fault}. */
export type FaultKind = Fault["kind"];

/** Every kind of fault. */
export const FAULT_KINDS = [
  "refuse",
  "lose",
  "cut",
  "delay",
  "status",
  "garbage",
  "redirect",
  "hang",
] as const satisfies readonly FaultKind[];

/** The kinds of faults from which a client recovers with a retry. */
export const TRANSIENT_FAULT_KINDS = [
  "refuse",
  "lose",
  "cut",
  "delay",
  "status",
] as const satisfies readonly FaultKind[];
