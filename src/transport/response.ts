/**
 * Decodes a response into its JSON object, or into the error that it means.
 *
 * @module
 */

import {
  PrefactorApiError,
  type PrefactorHttpError,
  PrefactorResponseContractError,
} from "../errors/errors.ts";
import { errorFromResponse } from "../errors/from_response.ts";
import { isObject } from "../guards.ts";
import type { JsonObject } from "../models/common.ts";
import type { Redactor } from "../redaction.ts";
import type { PreparedRequest } from "./request.ts";
import { parseRetryAfter } from "./retry_after.ts";

/** A body as the platform or {@linkcode readChunks} returns it. */
type Bytes = ArrayBuffer | Uint8Array;

/** Returns whether the response is a redirect; a browser shows only the type of one. */
export function isRedirect(response: Response): boolean {
  return response.status >= 300 && response.status < 400 || response.type === "opaqueredirect";
}

/** Cancels a body that nobody will read. */
export function discard(response: Response): undefined {
  response.body?.cancel().catch(() => {});
}

/**
 * Reads a body completely. Returns `undefined` if it is longer than the limit.
 *
 * The platform reads a body of known length twice as fast as its chunks can be read here.
 */
export function readBytes(
  response: Response,
  limit: number,
  signal: AbortSignal,
): Promise<Bytes | undefined> {
  const { headers } = response;
  const length = headers.get("content-length");
  // A browser hides the encoding of a response from another origin.
  const isPlain = response.type !== "cors" && !headers.has("content-encoding");
  const isKnown = length !== null && Number(length) <= limit && isPlain;
  return isKnown ? response.arrayBuffer() : readChunks(response, limit, signal);
}

/** Reads a body chunk by chunk, up to the limit. */
async function readChunks(
  response: Response,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  const cancel = () => void reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > limit) {
      cancel();
      return undefined;
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

const LENIENT = new TextDecoder();
const STRICT = new TextDecoder("utf-8", { fatal: true });

/**
 * Returns the JSON object of a successful response, or `undefined` if the body is none. A 204, a 205 and an empty
 * response to a DELETE count as `{}`.
 */
export function parseSuccess(method: string, statusCode: number, bytes: Bytes): JsonObject | undefined {
  if (bytes.byteLength === 0 && (statusCode === 204 || statusCode === 205 || method === "DELETE")) return {};
  try {
    const value = parseJson(bytes);
    return isObject(value) ? value as JsonObject : undefined;
  } catch {
    return undefined;
  }
}

/** Only a text with a U+FFFD can have been invalid UTF-8, and strict decoding takes five times as long. */
function parseJson(bytes: Bytes): unknown {
  const text = LENIENT.decode(bytes);
  return JSON.parse(text.includes("\ufffd") ? STRICT.decode(bytes) : text);
}

/**
 * Creates the error that a response means. `bytes` is its body, or `undefined` for a redirect or a body over the
 * limit. The token is taken out of everything that goes into the error.
 */
export function responseError(
  request: PreparedRequest,
  response: Response,
  bytes: Bytes | undefined,
  maxResponseBytes: number,
  redactor: Redactor,
): PrefactorHttpError {
  const { method, path } = request;
  const { status: statusCode, headers } = response;
  const facts = {
    requestId: requestIdOf(response, redactor),
    retryAfter: parseRetryAfter(headers.get("retry-after"), headers.get("retry-after-ms"), Date.now()),
  };
  if (isRedirect(response)) {
    const location = headers.get("location");
    const hidden = response.type === "opaqueredirect" ? "a target that the browser hides" : "nowhere";
    const target = location === null ? hidden : redactor.formatValue(location);
    const message = `Refused to follow the redirect of ${method} ${path} to ${target}`;
    return new PrefactorApiError(message, "redirect", statusCode, facts);
  }

  const refused = `Cannot read the response to ${method} ${path} (HTTP ${statusCode})`;
  if (!bytes) {
    const message = `${refused}: it is longer than maxResponseBytes, which is ${maxResponseBytes}`;
    return new PrefactorResponseContractError(message, { statusCode, ...facts });
  }
  let body: unknown;
  let cause: unknown;
  try {
    body = redactor.redact(parseJson(bytes));
  } catch (error) {
    cause = error;
  }
  if (isObject(body) && statusCode >= 400) return errorFromResponse(statusCode, body, facts);
  const found = bytes.byteLength === 0
    ? "is empty"
    : cause
    ? "is not JSON"
    : `is ${redactor.formatValue(body)}`;
  return new PrefactorResponseContractError(`${refused}: the body must be a JSON object, but ${found}`, {
    statusCode,
    ...facts,
    bodySnippet: redactor.text(LENIENT.decode(bytes)).slice(0, 200),
    body,
    cause: redactor.cause(cause),
  });
}

/** Returns the id that the API gave the request. */
export function requestIdOf(response: Response, redactor: Redactor): string | undefined {
  const requestId = response.headers.get("x-request-id");
  return requestId === null ? undefined : redactor.text(requestId);
}
