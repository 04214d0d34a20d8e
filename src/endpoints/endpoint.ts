/**
 * What the endpoint methods have in common: check the arguments, send, narrow what came.
 *
 * @module
 */

import { PrefactorClientError, PrefactorResponseContractError } from "../errors.ts";
import { firstFault, show } from "../guards.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { createIdempotencyKey, isKey, KEY_WANTED } from "../idempotency.ts";
import { isApiResponse, type JsonObject } from "../models/common.ts";

/** Refuses arguments that are not what the method takes. */
export function checkParams<T>(
  requester: HttpRequester,
  action: string,
  params: unknown,
  guard: (value: unknown) => value is T,
): asserts params is T {
  if (guard(params)) return;
  const { path, wanted, value } = firstFault(guard, params) ?? { path: "", wanted: "stable", value: params };
  refuseParam(requester, action, path === "" ? "its params" : `'${path}'`, wanted, value);
}

/** Refuses one argument. */
export function refuseParam(
  requester: HttpRequester,
  action: string,
  name: string,
  wanted: string,
  value: unknown,
): never {
  const given = typeof value === "string" ? redact(requester, value) : value;
  throw new PrefactorClientError(`Cannot ${action}: ${name} must be ${wanted}, but is ${show(given)}`);
}

/** An id as a path carries it. */
export function pathSegment(requester: HttpRequester, action: string, id: unknown): string {
  const isId = typeof id === "string" && id !== "" && id !== "." && id !== ".." && id.isWellFormed();
  return isId
    ? encodeURIComponent(id)
    : refuseParam(requester, action, "'id'", "an id that a path can hold", id);
}

/** The fields of a body: absent ones are left out, and so is the key; dates become text. */
export function bodyFields(params: object): JsonObject {
  const body: JsonObject = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || name === "idempotency_key") continue;
    body[name] = value instanceof Date ? value.toISOString() : value;
  }
  return body;
}

/** A key of the requester's making. */
export function createKey(requester: HttpRequester): string {
  return requester.createIdempotencyKey?.() ?? createIdempotencyKey();
}

/**
 * POSTs a body with its key, in the body and in the header, and gives back the details of the answer. The key
 * is the caller's, or one of the requester's making.
 */
export async function postForDetails<T>(
  requester: HttpRequester,
  action: string,
  endpoint: string,
  key: string | null | undefined,
  body: JsonObject,
  isDetails: (value: unknown) => value is T,
  options: RequestOptions | undefined,
): Promise<T> {
  if (key !== undefined && key !== null && !isKey(key)) {
    refuseParam(requester, action, "'idempotency_key'", KEY_WANTED, key);
  }
  const idempotencyKey = key ?? createKey(requester);
  body["idempotency_key"] = idempotencyKey;
  const answer = await requester.request("POST", endpoint, { ...options, json: body, idempotencyKey });
  const isRight = (value: unknown) => isApiResponse(value, isDetails);
  return narrow(requester, endpoint, answer, isRight).details;
}

/** The answer to a POST, where it is what the guard promises. */
export function narrow<T>(
  requester: HttpRequester,
  endpoint: string,
  answer: unknown,
  guard: (value: unknown) => value is T,
): T {
  if (guard(answer)) return answer;
  const body = redact(requester, answer);
  const { path, wanted, value } = firstFault(guard, body) ?? { path: "", wanted: "as promised", value: body };
  const name = path === "" ? "it" : `'${path}'`;
  const message = `Cannot read the answer to POST ${endpoint}: ${name} must be ${wanted}, but is ${
    show(value)
  }`;
  throw new PrefactorResponseContractError(message, { path, body });
}

function redact(requester: HttpRequester, value: unknown): unknown {
  return requester.redact ? requester.redact(value) : value;
}
