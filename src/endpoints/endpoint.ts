/**
 * What the endpoint methods have in common: check the arguments, send, narrow what came.
 *
 * @module
 */

import { PrefactorClientError, PrefactorResponseContractError } from "../errors.ts";
import { firstFault, show } from "../guards.ts";
import type { HttpRequester, HttpRequestOptions, RequestOptions } from "../http_requester.ts";
import { checkIdempotencyKey, createIdempotencyKey } from "../idempotency.ts";
import { isApiResponse, type JsonObject } from "../models/common.ts";

/** Refuses arguments that are not what the method takes. */
export function checkParams<T>(
  action: string,
  params: unknown,
  guard: (value: unknown) => value is T,
): asserts params is T {
  if (guard(params)) return;
  const { path, wanted, value } = firstFault(guard, params) ??
    { path: "", wanted: "what it takes", value: params };
  const name = path === "" ? "its params" : `'${path}'`;
  throw new PrefactorClientError(`Cannot ${action}: ${name} must be ${wanted}, but is ${show(value)}`);
}

/** An id as a path carries it. */
export function pathSegment(action: string, id: unknown): string {
  if (typeof id === "string" && id !== "" && id !== "." && id !== "..") {
    try {
      return encodeURIComponent(id);
    } catch {
      // half of a surrogate pair, which no URL can hold
    }
  }
  throw new PrefactorClientError(
    `Cannot ${action}: 'id' must be a non-empty id, not '.' or '..', but is ${show(id)}`,
  );
}

/** The fields of a body: absent ones are left out, dates become text. */
export function bodyFields(params: object): JsonObject {
  const body: JsonObject = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    body[name] = value instanceof Date ? value.toISOString() : value;
  }
  return body;
}

/** The caller's key, checked, or one of the requester's making. */
export function resolveKey(requester: HttpRequester, key: string | null | undefined): string {
  if (key === undefined || key === null) return requester.createIdempotencyKey?.() ?? createIdempotencyKey();
  checkIdempotencyKey("idempotency_key", key);
  return key;
}

/** POSTs a body with its key, in the body and in the header, and gives back the details of the answer. */
export async function postForDetails<T>(
  requester: HttpRequester,
  path: string,
  fields: JsonObject,
  key: string | null | undefined,
  isDetails: (value: unknown) => value is T,
  options: RequestOptions | undefined,
): Promise<T> {
  const idempotencyKey = resolveKey(requester, key);
  const json = { ...fields, idempotency_key: idempotencyKey };
  const isRight = (value: unknown) => isApiResponse(value, isDetails);
  const body = await post(requester, path, { ...options, json, idempotencyKey }, isRight);
  return body.details;
}

/** POSTs and narrows what came. */
export async function post<T>(
  requester: HttpRequester,
  path: string,
  options: HttpRequestOptions,
  guard: (value: unknown) => value is T,
): Promise<T> {
  const body: unknown = await requester.request("POST", path, options);
  if (guard(body)) return body;
  throw contractError(requester, path, body, guard);
}

/** Says where an answer breaks the contract. */
function contractError(
  requester: HttpRequester,
  endpoint: string,
  received: unknown,
  guard: (value: unknown) => boolean,
): PrefactorResponseContractError {
  const body = requester.redact?.(received as JsonObject) ?? received;
  const { path, wanted, value } = firstFault(guard, body) ?? { path: "", wanted: "as promised", value: body };
  const name = path === "" ? "it" : `'${path}'`;
  const message = `Cannot read the answer to POST ${endpoint}: ${name} must be ${wanted}, but is ${
    show(value)
  }`;
  return new PrefactorResponseContractError(message, { path, body });
}
