/**
 * Decodes a response into its JSON object, or into the error that it means.
 *
 * @module
 */

import {
  dropBody,
  PrefactorApiError,
  PrefactorClientError,
  type PrefactorHttpError,
  PrefactorResponseContractError,
  type RequestSummary,
} from "../errors/errors.ts";
import { errorFromResponse } from "../errors/from_response.ts";
import { isObject } from "../guards.ts";
import type { JsonObject } from "../models/common.ts";
import type { Redactor } from "../redaction.ts";
import { startOfJson } from "./json_start.ts";
import { type PreparedRequest, summarize } from "./request.ts";
import { parseRetryAfter } from "./retry_after.ts";

/** A body as the platform or {@linkcode readChunks} returns it. */
type Bytes = ArrayBuffer | Uint8Array;

/** The maximum length of `bodySnippet`, in characters. */
const MAX_SNIPPET_LENGTH = 200;

/** The length of a body of which an error reads only the beginning, in bytes. */
const LONG_BODY = 2 ** 20;

/** Stands for a body that was not read to its end. */
export const UNREAD: unique symbol = /* @__PURE__ */ Symbol("unread");

/** Returns what a value lacks to be a response that can be read; a replacement of `fetch` may return anything. */
export function problemOf(response: Response): string | undefined {
  try {
    return missingFrom(response);
  } catch {
    return "its fields cannot be read";
  }
}

function missingFrom(response: Response): string | undefined {
  const body = response?.body as Partial<ReadableStream> | null | undefined;
  const isStream = typeof body?.getReader === "function";
  if (typeof response?.status !== "number") return "it has no status";
  if (typeof response.headers?.get !== "function") return "it has no headers with get()";
  if (response.bodyUsed || isStream && body?.locked) {
    return "its body has been used; return a new Response at each call";
  }
  return isStream || typeof response.arrayBuffer === "function" ? undefined : "it has no arrayBuffer()";
}

/** Creates the error of a response that cannot be read. A retry would not help. */
export function unusableResponseError(problem: string, request: RequestSummary): PrefactorClientError {
  const message = `Cannot read the response: 'fetch' must resolve to a Response, but ${problem}`;
  return new PrefactorClientError(message, { request });
}

/** Returns whether the response is a redirect; a browser shows only the type of one. */
export function isRedirect(response: Response): boolean {
  return response.status >= 300 && response.status < 400 || response.type === "opaqueredirect";
}

/** Cancels a body that nobody will read. */
export function discard({ body }: Response): typeof UNREAD {
  cancel(body);
  return UNREAD;
}

/** Cancels a body or its reader. That of a replacement of `fetch` may throw, or return no promise. */
function cancel(source: Partial<Pick<ReadableStream, "cancel">> | null): void {
  try {
    source?.cancel?.()?.catch?.(() => {});
  } catch {
    // Nobody reads it in any case.
  }
}

/**
 * Reads a body, which is `UNREAD` if it is a stream longer than the limit. That of a replacement of `fetch` may be no
 * bytes, see {@linkcode isBytes}.
 *
 * The platform reads a body of known length twice as fast as its chunks can be read here.
 */
export function readBody(response: Response, limit: number, signal: AbortSignal): Promise<unknown> {
  const { headers, body } = response;
  const length = headers.get("content-length");
  // The length counts only without an encoding of either kind. A browser hides both of a response from another origin.
  const isShort = length !== null && Number(length) <= limit && response.type !== "cors" &&
    !headers.get("content-encoding") && !headers.get("transfer-encoding");
  return !isShort && typeof body?.getReader === "function"
    ? readChunks(body, limit, signal)
    : response.arrayBuffer();
}

/** Returns whether a body is bytes. */
export function isBytes(body: unknown): body is Bytes {
  return typeof (body as Bytes | null | undefined)?.byteLength === "number";
}

/** Reads a body chunk by chunk, up to the limit. */
async function readChunks(
  body: ReadableStream<unknown>,
  limit: number,
  signal: AbortSignal,
): Promise<unknown> {
  const reader = body.getReader();
  if (typeof reader?.read !== "function") return undefined;
  signal.addEventListener("abort", () => cancel(reader));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // `instanceof` would fail for the chunks of another realm, such as that of a test runner.
    if (!ArrayBuffer.isView(value)) {
      cancel(reader);
      return value;
    }
    chunks.push(value as Uint8Array);
    size += value.byteLength;
    if (size > limit) {
      cancel(reader);
      return UNREAD;
    }
  }
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

const LENIENT = /* @__PURE__ */ new TextDecoder();
const STRICT = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

/** A body that has been read and parsed: its JSON value, or the error of one that is not JSON. */
export interface ParsedBody {
  readonly bytes: Bytes;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Parses a body. */
export function parseBody(bytes: Bytes): ParsedBody {
  try {
    const text = LENIENT.decode(bytes);
    // Only a text with a U+FFFD can have been invalid UTF-8, and strict decoding takes five times as long.
    return { bytes, value: JSON.parse(text.includes("\ufffd") ? STRICT.decode(bytes) : text) };
  } catch (error) {
    return { bytes, error };
  }
}

/**
 * Returns the JSON object of a successful response, or `undefined` if the body is none. A 204, a 205 and an empty
 * response to a DELETE count as `{}`.
 */
export function successOf(
  method: string,
  statusCode: number,
  { bytes, value }: ParsedBody,
): JsonObject | undefined {
  if (bytes.byteLength === 0 && (statusCode === 204 || statusCode === 205 || method === "DELETE")) return {};
  return isObject(value) ? value as JsonObject : undefined;
}

/**
 * Creates the error that a response means. `parsed` is its body, or `undefined` for a redirect or a body over the
 * limit. The token is taken out of everything that goes into the error.
 */
export function responseError(
  request: PreparedRequest,
  response: Response,
  parsed: ParsedBody | undefined,
  maxResponseBytes: number,
  redactor: Redactor,
): PrefactorHttpError {
  const summary = summarize(request, redactor);
  const { method, path } = summary;
  const { status: statusCode, headers } = response;
  const facts = {
    requestId: requestIdOf(response, redactor),
    retryAfter: parseRetryAfter(
      headers.get("retry-after"),
      headers.get("retry-after-ms"),
      serverTime(headers),
    ),
    request: summary,
  };
  const { isResponseSecret } = request;
  if (isRedirect(response)) {
    const location = headers.get("location") ?? undefined;
    const hidden = response.type === "opaqueredirect" ? "a target that the browser hides" : "nowhere";
    const shown = isResponseSecret ? "another URL" : redactor.formatValue(location);
    const target = location === undefined ? hidden : shown;
    const message = `Refused to follow the redirect of ${method} ${path} to ${target}`;
    return new PrefactorApiError(message, "redirect", statusCode, facts);
  }

  const refused = `Cannot read the response to ${method} ${path} (HTTP ${statusCode})`;
  if (!parsed) {
    const message = `${refused}: it is longer than maxResponseBytes, which is ${maxResponseBytes}`;
    return new PrefactorResponseContractError(message, { statusCode, ...facts });
  }
  const { bytes, error } = parsed;
  const body = redactor.redact(startOf(parsed));
  const cause = redactor.cause(error);
  if (isObject(body) && statusCode >= 400) {
    const apiError = errorFromResponse(statusCode, body, facts);
    if (isResponseSecret) dropBody(apiError);
    return apiError;
  }
  const found = bytes.byteLength === 0
    ? "is empty"
    : cause
    ? "is not JSON"
    : `is ${isResponseSecret ? "another value" : redactor.formatValue(body)}`;
  return new PrefactorResponseContractError(`${refused}: the body must be a JSON object, but ${found}`, {
    statusCode,
    ...facts,
    ...(!isResponseSecret && { bodySnippet: snippetOf(bytes, redactor), body, cause }),
  });
}

/**
 * Returns the value of a body, or of a long one the beginning. Walking through a large object may take longer than
 * parsing it, because runtimes list all its fields before the first one can be read.
 */
function startOf({ bytes, value }: ParsedBody): unknown {
  if (bytes.byteLength < LONG_BODY || value === undefined) return value;
  const json = LENIENT.decode(bytes);
  const start = startOfJson(json);
  return start.length < json.length ? JSON.parse(start) : value;
}

/** The time of the server in ms since the epoch, by its `Date` header, or else by the own clock. */
function serverTime(headers: Headers): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? Date.now() : date;
}

/** Returns the beginning of the body without the token, from as many bytes as it can need. */
function snippetOf(bytes: Bytes, redactor: Redactor): string {
  return redactor.start(LENIENT.decode(bytes.slice(0, 64 * 1024)), MAX_SNIPPET_LENGTH, "");
}

/** Returns the id that the API gave the request. */
export function requestIdOf(response: Response, redactor: Redactor): string | undefined {
  const requestId = response.headers.get("x-request-id") ?? undefined; // a `Map` returns undefined
  return requestId === undefined ? undefined : redactor.start(requestId, MAX_SNIPPET_LENGTH, "");
}
