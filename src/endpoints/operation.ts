/**
 * What the endpoint methods have in common: check the arguments, send, narrow what came.
 *
 * @module
 */

import { PrefactorClientError, PrefactorResponseContractError } from "../errors/errors.ts";
import { findIssue, formatValue, isTimestamp } from "../guards.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import { createIdempotencyKey, isKey, KEY_EXPECTED } from "../idempotency.ts";
import { isApiResponse, type JsonObject, type JsonValue } from "../models/common.ts";

/** An operation of the API: a path, a body, a guard. */
export interface Operation<Params, Details> {
  /** What it does, for messages, such as `create the span`. */
  readonly action: string;
  /** Where it is POSTed; `{id}` stands for the id of what it is done to. */
  readonly path: string;
  /** Whether the arguments are what it takes. */
  isParams(value: unknown): value is Params;
  /** What the fields of the body are unless the params say otherwise; a new object each time. */
  defaults(): JsonObject;
  /** Whether the fields stand in `details`, beside the key; they stand at the top unless it is set. */
  readonly inDetails?: boolean;
  /** Whether the details of the answer are what it promises. */
  isDetails(value: unknown): value is Details;
}

/**
 * Carries out an operation. Its key, the caller's or one of the requester's making, goes into the body and
 * into the header.
 */
export async function perform<Params extends { idempotency_key?: string | null | undefined }, Details>(
  requester: HttpRequester,
  operation: Operation<Params, Details>,
  id: string | undefined,
  params: Params,
  options: RequestOptions | undefined,
): Promise<Details> {
  const { action } = operation;
  const path = operation.path.replace("{id}", () => pathSegment(requester, action, id));
  checkParams(requester, action, params, operation.isParams);
  const { idempotency_key: key } = params;
  if (key !== undefined && key !== null && !isKey(key)) {
    refuseParam(requester, action, "'idempotency_key'", KEY_EXPECTED, key);
  }
  const idempotencyKey = key ?? createKey(requester);
  const fields = operation.defaults();
  addFields(requester, action, fields, params);
  const json: JsonObject = operation.inDetails ? { details: fields } : fields;
  json["idempotency_key"] = idempotencyKey;
  const answer = await requester.request("POST", path, { ...options, json, idempotencyKey });
  const isRight = (value: unknown) => isApiResponse(value, operation.isDetails);
  return narrow(requester, path, answer, isRight).details;
}

/** Refuses arguments that are not what the method takes. */
export function checkParams<T>(
  requester: HttpRequester,
  action: string,
  params: unknown,
  guard: (value: unknown) => value is T,
): asserts params is T {
  if (guard(params)) return;
  const { path, expected, value } = findIssue(guard, params) ??
    { path: "", expected: "stable", value: params };
  refuseParam(requester, action, path === "" ? "its params" : `'${path}'`, expected, value);
}

/** Refuses one argument. */
export function refuseParam(
  requester: HttpRequester,
  action: string,
  name: string,
  expected: string,
  value: unknown,
): never {
  const given = typeof value === "string" ? redact(requester, value) : value;
  throw new PrefactorClientError(
    `Cannot ${action}: ${name} must be ${expected}, but is ${formatValue(given)}`,
  );
}

/** An id as a path carries it. */
function pathSegment(requester: HttpRequester, action: string, id: unknown): string {
  const isId = typeof id === "string" && id !== "" && id !== "." && id !== ".." && id.isWellFormed();
  return isId
    ? encodeURIComponent(id)
    : refuseParam(requester, action, "'id'", "an id that a path can hold", id);
}

/** Adds the params to the fields of a body: absent ones are left out, and so is the key; dates become text. */
function addFields(requester: HttpRequester, action: string, fields: JsonObject, params: object): void {
  for (const name of Object.keys(params)) {
    const value = (params as Record<string, unknown>)[name];
    if (value === undefined || value === null || name === "idempotency_key") continue;
    if (value instanceof Date) {
      // Of the fields that no model knows, no guard has looked at the dates.
      if (!isTimestamp(value)) refuseParam(requester, action, `'${name}'`, "a valid Date", value);
      fields[name] = value.toISOString();
    } else {
      fields[name] = value as JsonValue;
    }
  }
}

/** A key of the requester's making. */
export function createKey(requester: HttpRequester): string {
  return requester.createIdempotencyKey?.() ?? createIdempotencyKey();
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
  const { path, expected, value } = findIssue(guard, body) ??
    { path: "", expected: "as promised", value: body };
  const name = path === "" ? "it" : `'${path}'`;
  const message = `Cannot read the answer to POST ${endpoint}: ${name} must be ${expected}, but is ${
    formatValue(value)
  }`;
  throw new PrefactorResponseContractError(message, { path, body });
}

function redact(requester: HttpRequester, value: unknown): unknown {
  return requester.redact ? requester.redact(value) : value;
}
