/**
 * Decodes a response to its JSON object or to an error.
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

/** The bytes of a body, as the platform or {@linkcode readChunks} returns them. */
type Bytes = ArrayBuffer | Uint8Array;

/** The maximum length of `bodySnippet`, in characters. */
const MAX_SNIPPET_LENGTH = 200;

/** The size above which an error reads only the beginning of a body, in bytes. */
const LONG_BODY = 2 ** 20;

/** Represents a body that was not read to its end. */
export const UNREAD: unique symbol = /* @__PURE__ */ Symbol("unread");

/** Returns why a value is not a usable response, if it is not: a custom `fetch` may return anything. */
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

/** Creates the error for an unusable response. A retry would not help. */
export function unusableResponseError(problem: string, request: RequestSummary): PrefactorClientError {
  const message = `Cannot read the response: 'fetch' must resolve to a Response, but ${problem}`;
  return new PrefactorClientError(message, { request });
}

/** Returns whether the response is a redirect. A browser shows only the type of a redirect. */
export function isRedirect(response: Response): boolean {
  return response.status >= 300 && response.status < 400 || response.type === "opaqueredirect";
}

/** Cancels a body that will not be read. */
export function discard({ body }: Response): typeof UNREAD {
  cancel(body);
  return UNREAD;
}

/** Cancels a body or its reader. With a custom `fetch`, this may throw or not return a promise. */
function cancel(source: Partial<Pick<ReadableStream, "cancel">> | null): void {
  try {
    source?.cancel?.()?.catch?.(() => {});
  } catch {
    // The body is not read in any case.
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
  // The length is reliable only without a content or transfer encoding, and browsers hide these headers across origins.
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
    // `instanceof` would fail for chunks from another realm, such as that of a test runner.
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

/** A body that was read and parsed, with its JSON value or the error of parsing it. */
export interface ParsedBody {
  readonly bytes: Bytes;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Parses a body. */
export function parseBody(bytes: Bytes): ParsedBody {
  try {
    const text = LENIENT.decode(bytes);
    // Invalid UTF-8 decodes to U+FFFD. Strict decoding takes five times as long, so it is used only for such texts.
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

/** The server's time in ms since the epoch, from its `Date` header, or else from the local clock. */
function serverTime(headers: Headers): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? Date.now() : date;
}

/** Returns the beginning of the body without the token. Decodes no more bytes than needed. */
function snippetOf(bytes: Bytes, redactor: Redactor): string {
  return redactor.start(LENIENT.decode(bytes.slice(0, 64 * 1024)), MAX_SNIPPET_LENGTH, "");
}

/** Returns the ID that the API gave the request. */
export function requestIdOf(response: Response, redactor: Redactor): string | undefined {
  const requestId = response.headers.get("x-request-id") ?? undefined; // a `Map` returns undefined
  return requestId === undefined ? undefined : redactor.start(requestId, MAX_SNIPPET_LENGTH, "");
}
