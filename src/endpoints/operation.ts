/**
 * Operations of the API as data, and the functions that encode, send and decode them.
 *
 * @module
 */

import { ArgumentChecker, redact } from "../arguments.ts";
import { PrefactorResponseContractError } from "../errors/errors.ts";
import {
  findIssue,
  formatValue,
  isAbsentOr,
  isLiteral,
  isObject,
  type Issue,
  isTimestamp,
} from "../guards.ts";
import type {
  ApiResponseInfo,
  HttpRequester,
  HttpRequestOptions,
  QueryValue,
  RequestOptions,
} from "../http_requester.ts";
import { createIdempotencyKey, isKey, KEY_EXPECTED } from "../idempotency.ts";
import type { JsonObject, JsonValue } from "../models/common.ts";
import { isPage, type Page } from "../models/page.ts";
import { markObserved, observeError, observeResponse, type Subject } from "./control.ts";

type Guard<T> = (value: unknown) => value is T;

/** The description of one operation of the API. */
export interface Operation<Params extends object, Result> {
  /** The action that messages name, such as `create the span`. */
  readonly action: string;
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** The path; `{id}` is replaced with the ID that the method takes. */
  readonly path: string;
  /** Returns whether the params are valid. */
  readonly isParams: Guard<Params>;
  /** Places the fields of the params where the API expects them. */
  readonly encode: Encoding;
  /** Creates the default values of fields that the params lack. */
  readonly defaults?: () => JsonObject;
  /**
   * Checks the response and extracts the result. Rows mark the call as pure, so that bundlers can drop unused
   * operations.
   */
  readonly decode: Decoding<Result>;
  /** Whether the request carries an idempotency key. Defaults to `true` for a POST and `false` for other methods. */
  readonly isKeyed?: boolean;
  /** Whether the response contains a secret, which errors must not include. Defaults to `false`. */
  readonly isResponseSecret?: boolean | undefined;
  /** The fields that are sent even if they are `null`. Defaults to none: `null` fields are omitted. */
  readonly nullable?: readonly string[];
  /** The name of the field that holds the ID of the path in bulk items and observations. */
  readonly idField?: "agent_id" | "agent_instance_id" | "agent_span_id";
  /** The type of the operation in a bulk request, if it is allowed in one. */
  readonly bulkType?: string;
  /** Whether the operation ends an agent instance. */
  readonly isEnd?: boolean;
}

/** The guard for an operation without params. */
export const isNoParams: Guard<Record<never, never>> = isObject;

/** Places the fields of a request, which are a new object, and its idempotency key, if any, in a body or a query. */
export type Encoding = (
  fields: JsonObject,
  idempotencyKey?: string,
) => Pick<HttpRequestOptions, "json" | "params">;

/** Places the fields at the top level of the body, beside the key. */
export const flat: Encoding = (fields, idempotencyKey) => {
  if (idempotencyKey !== undefined) fields["idempotency_key"] = idempotencyKey;
  return { json: fields };
};

/** Places the fields in `details`, beside the key. */
export const inDetails: Encoding = (fields, idempotencyKey) => flat({ details: fields }, idempotencyKey);

/** Places the fields in the query. A field of a nested object becomes `object[field]`. */
export const asQuery: Encoding = (fields) => {
  const params: Record<string, QueryValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isObject(value)) {
      params[name] = value as QueryValue;
      continue;
    }
    for (const [field, inner] of Object.entries(value)) {
      const isDate = inner instanceof Date && isTimestamp(inner);
      params[`${name}[${field}]`] = isDate ? inner.toISOString() : inner as QueryValue;
    }
  }
  return { params };
};

/** How a response is checked, and which part of it is the result. */
export interface Decoding<Result> {
  /** Returns whether the body is valid. */
  readonly isBody: (value: unknown) => boolean;
  /** Extracts the result from a valid body. */
  readonly result: (body: JsonObject) => Result;
}

/** The result is the `details` of the response. Sources differ on whether every such response has a `status`. */
export function details<T>(isDetails: Guard<T>): Decoding<T> {
  return {
    isBody: (value) =>
      isObject(value) && isAbsentOr(value["status"], isSuccess) && isDetails(value["details"]),
    result: ({ details }) => details as T,
  };
}

function isSuccess(value: unknown): value is "success" {
  return isLiteral(value, "success");
}

/** The result is another field of the response. */
export function field<T>(name: string, isValue: Guard<T>): Decoding<T> {
  return {
    isBody: (value) => isObject(value) && isValue(value[name]),
    result: (body) => body[name] as T,
  };
}

/** The result is a page of a list. */
export function page<T>(isSummary: Guard<T>): Decoding<Page<T>> {
  return body((value): value is Page<T> => isPage(value, isSummary));
}

/** The result is the whole body. */
export function body<T>(isBody: Guard<T>): Decoding<T> {
  return { isBody, result: (body) => body as T };
}

/** The operation has no result. */
export const empty: Decoding<void> = { isBody: isObject, result: () => undefined };

/** The arguments of an operation's method. */
export interface OperationArguments<Params extends object> {
  /** The ID in the path, for operations that have one. */
  readonly id?: string;
  /** The params of the method. */
  readonly params: Params & { readonly idempotency_key?: string | null | undefined };
}

/** The arguments of {@linkcode HttpRequester.send}. */
export interface EncodedRequest {
  readonly method: string;
  readonly path: string;
  readonly options: HttpRequestOptions;
}

/** The part of the requester that encoding needs. */
export type EncodingContext = Pick<HttpRequester, "createIdempotencyKey" | "redact">;

/** The input of {@linkcode execute}. */
export interface Execution<Params extends object, Result> extends OperationArguments<Params> {
  readonly requester: HttpRequester;
  readonly operation: Operation<Params, Result>;
  readonly options: RequestOptions | undefined;
  /** Called with the request and the response before the response is decoded. */
  readonly onResponse?: (request: EncodedRequest, response: OperationResponse) => void;
}

/** Carries out an operation. */
export async function execute<Params extends object, Result>(
  execution: Execution<Params, Result>,
): Promise<Result> {
  const { requester, operation, options, onResponse } = execution;
  const request = encodeRequest(operation, execution, requester);
  const isObserver = requester.observeControl !== undefined;
  if (isObserver) markObserved(request.options);
  try {
    const response = await sendRequest(requester, request, options);
    if (isObserver) observeResponse(requester, subjectOf(execution), response.body);
    onResponse?.(request, response);
    return decodeResponse(operation, request, response, requester);
  } catch (error) {
    if (isObserver) observeError(requester, subjectOf(execution), error);
    throw error;
  }
}

/** A successful response. A requester without `send` returns only the body. */
export type OperationResponse = Pick<ApiResponseInfo, "body"> & Partial<ApiResponseInfo>;

/** Sends a request. The response has a status and headers if the requester has a `send` method. */
export function sendRequest(
  requester: HttpRequester,
  { method, path, options: ownOptions }: EncodedRequest,
  callerOptions: RequestOptions | undefined,
): Promise<OperationResponse> {
  const options = callerOptions ? { ...callerOptions, ...ownOptions } : ownOptions;
  return requester.send
    ? requester.send(method, path, options)
    : requester.request(method, path, options).then((body) => ({ body }));
}

function subjectOf<Params extends object>(
  { operation: { idField, isEnd }, id, params }: Execution<Params, unknown>,
): Subject {
  return { idField, isEnd, id, fields: params as Record<string, unknown> };
}

/**
 * Encodes the arguments of an operation as a request.
 *
 * @throws {PrefactorClientError} If an argument is invalid; the message names it.
 */
export function encodeRequest<Params extends object>(
  operation: Operation<Params, unknown>,
  { id, params }: OperationArguments<Params>,
  context: EncodingContext,
): EncodedRequest {
  const { action, method, path, isParams, encode } = operation;
  const checker: ArgumentChecker = new ArgumentChecker(action, context);
  checker.checkModel("params", isParams, params);
  const fields = encodeFields(operation, params, checker);
  const { isKeyed = method === "POST", isResponseSecret } = operation;
  const key = isKeyed ? keyOf(params, context, checker) : undefined;
  const options: HttpRequestOptions = encode(fields, key);
  if (key !== undefined) options.idempotencyKey = key;
  if (isResponseSecret) options.isResponseSecret = true;
  return {
    method,
    path: path.includes("{id}")
      ? path.replace("{id}", () => encodeURIComponent(checkId("id", id, checker)))
      : path,
    options,
  };
}

/** Encodes the fields of the params: omits absent fields and the key, and converts dates to strings. */
export function encodeFields<Params extends object>(
  operation: Operation<Params, unknown>,
  params: Params,
  checker: ArgumentChecker,
): JsonObject {
  const fields: JsonObject = operation.defaults?.() ?? {};
  for (const name of Object.keys(params)) {
    const value = (params as Record<string, unknown>)[name];
    if (value === undefined || name === "idempotency_key") continue;
    if (value === null && !operation.nullable?.includes(name)) continue;
    if (name === "__proto__") continue; // assigning to it would change the prototype
    if (value instanceof Date) {
      // The guard does not check dates in unknown fields.
      checker.check(name, isTimestamp(value), "a valid Date", value);
      fields[name] = value.toISOString();
    } else {
      fields[name] = value as JsonValue;
    }
  }
  return fields;
}

function keyOf(
  { idempotency_key: key }: { readonly idempotency_key?: string | null | undefined },
  context: EncodingContext,
  checker: ArgumentChecker,
): string {
  if (key === undefined || key === null) return context.createIdempotencyKey?.() ?? createIdempotencyKey();
  checker.check("idempotency_key", isKey(key), KEY_EXPECTED, key);
  return key;
}

/** Checks that an ID can be a segment of a path. */
export function checkId(name: string, id: unknown, checker: ArgumentChecker): string {
  const isId = typeof id === "string" && id !== "" && id !== "." && id !== ".." && id.isWellFormed();
  return isId ? id : checker.fail(name, "an id that a path can hold", id);
}

/**
 * Decodes the response to an operation.
 *
 * @throws {PrefactorResponseContractError} If the body is not valid; the message names the first field that is not.
 */
export function decodeResponse<Result>(
  { decode }: { readonly decode: Decoding<Result> },
  request: EncodedRequest,
  response: OperationResponse,
  context: EncodingContext,
): Result {
  if (decode.isBody(response.body)) return decode.result(response.body);
  const body = redact(context, response.body);
  // Check the whole response, since its redacted copy may be truncated.
  const { path, expected, value } = findIssue(decode.isBody, response.body) ??
    { path: "", expected: "the same at each read", value: body };
  const issue = {
    path: String(redact(context, path)),
    expected,
    value: typeof value === "string" ? redact(context, value) : value,
  };
  throw contractError(issue, request, { ...response, body: body as JsonObject }, context);
}

/** Creates the error for a response with an issue. The issue and the body are already redacted. */
export function contractError(
  { path: at, expected, value }: Issue,
  { method, path: rawPath, options: { idempotencyKey, isResponseSecret } }: EncodedRequest,
  { statusCode, requestId, body }: OperationResponse,
  context: EncodingContext,
): PrefactorResponseContractError {
  const path = String(redact(context, rawPath));
  const name = at === "" ? "the body" : `'${at}'`;
  const actual = isResponseSecret ? "" : `, but is ${formatValue(value)}`;
  const message = `Cannot read the response to ${method} ${path}: ${name} must be ${expected}${actual}`;
  return new PrefactorResponseContractError(message, {
    statusCode,
    requestId,
    path: at,
    body: isResponseSecret ? undefined : body,
    request: { method, path, ...(typeof idempotencyKey === "string" && { idempotencyKey }) },
  });
}
