/**
 * The log of the requests that the sandbox has received.
 *
 * @module
 */

import type { FaultKind } from "./fault.ts";
import { isDeeperThan } from "./measure.ts";
import { CREATED_TOKEN } from "./tokens.ts";

/** The maximum number of levels in a body, low enough for recursive functions such as `JSON.stringify`. */
export const MAX_LEVELS = 1_000;

/**
 * A request that the sandbox has received. Tokens are replaced by `[token]`, and the header `authorization` is left
 * out.
 */
export interface SandboxRequest {
  /** The ID of the request, which is also the `x-request-id` of its response. */
  readonly id: string;
  /** The method, such as `"POST"`. */
  readonly method: string;
  /** The path, such as `"/api/v1/agent_spans"`. */
  readonly path: string;
  /** The query with its question mark, or an empty string if there is none. */
  readonly query: string;
  /** The headers, by name in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** The parsed body, its text if it is not JSON or has too many levels, or `undefined` if it is empty. */
  readonly body: unknown;
  /** The fault that was injected, if any. */
  readonly fault?: FaultKind;
  /** The status of the response. It is absent if no response was delivered yet. */
  readonly status?: number;
}

/** A record of the log, whose outcome is set later. */
export type LogEntry = { -readonly [Field in keyof SandboxRequest]: SandboxRequest[Field] };

/** A request with its body. */
export interface ReceivedRequest {
  readonly request: Request;
  readonly path: string;
  /** The query with its question mark. */
  readonly query: string;
  readonly text: string;
  /** The parsed text, the text if it is not JSON or has too many levels, or `undefined` if it is empty. */
  readonly json: unknown;
}

/** Reads the body of a request. */
export async function readRequest(request: Request): Promise<ReceivedRequest> {
  const text = await request.text();
  const { pathname, search } = new URL(request.url);
  return { request, path: pathname, query: search, text, json: parse(text) };
}

/** Creates the record of a request, without the sandbox's own token and tokens that the API created. */
export function createLogEntry(
  id: string,
  { request, path, query, text, json }: ReceivedRequest,
  token: string,
): LogEntry {
  const redact = (text: string) => redactText(text, token);
  const body = redact(text);
  return {
    id,
    method: request.method,
    path: redact(path),
    query: redact(query),
    headers: Object.fromEntries(
      Array.from(request.headers, ([name, value]) => [name, redact(value)])
        .filter(([name]) => name !== "authorization"),
    ),
    body: body === text ? json : parse(body),
  };
}

/** Replaces the sandbox's own token, and the tokens that it created, in a text. */
export function redactText(text: string, token: string): string {
  return text.replaceAll(token, "[token]").replaceAll(encodeURIComponent(token), "[token]")
    .replace(CREATED_TOKEN, "[token]");
}

/** Describes a request in one line, such as `POST /api/v1/bulk 503 (status)`, optionally in colour. */
export function describeRequest(request: SandboxRequest, useColour: boolean): string {
  const { method, path, query, status, fault } = request;
  const outcome = `${status ?? "no response"}${fault ? ` (${fault})` : ""}`;
  return `${method} ${path}${query} ${useColour ? `\x1b[${colourOf(status)}m${outcome}\x1b[0m` : outcome}`;
}

/** Returns the terminal code of the colour: green for a success, yellow for a client error, and red otherwise. */
function colourOf(status = 500): number {
  return status < 400 ? 32 : status < 500 ? 33 : 31;
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    const json = JSON.parse(text);
    // Each level takes at least two characters.
    return text.length > 2 * MAX_LEVELS && isDeeperThan(MAX_LEVELS, json) ? text : json;
  } catch {
    return text;
  }
}
