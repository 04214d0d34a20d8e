/**
 * Reports what responses say about agent instances to the requester.
 *
 * @module
 */

import { errorKind, type PrefactorApiError } from "../errors/errors.ts";
import { isObject } from "../guards.ts";
import type { ControlObservation, HttpRequester, RequestOptions } from "../http_requester.ts";

/** The agent instance or span that an operation is about, according to its arguments. */
export interface Subject {
  /** The name of the ID in the path. */
  readonly idField?: string | undefined;
  /** Whether the operation ends the instance. */
  readonly isEnd?: boolean | undefined;
  /** The ID in the path. */
  readonly id?: string | undefined;
  /** The fields of the request. */
  readonly fields?: { readonly [name: string]: unknown };
}

type Requester = Pick<HttpRequester, "observeControl">;
type Body = Readonly<Record<string, unknown>>;

const IS_OBSERVED: unique symbol = /* @__PURE__ */ Symbol("isObserved");

/** Marks the options of a request whose caller observes the response, so that the requester does not do it again. */
export function markObserved(options: RequestOptions & { [IS_OBSERVED]?: true }): void {
  options[IS_OBSERVED] = true;
}

/** Returns whether the caller of a request with these options observes the response. */
export function isObserved(options: unknown): boolean {
  return isObject(options) && IS_OBSERVED in options;
}

/** Reports a successful response. */
export function observeResponse(requester: Requester, subject: Subject, body: Body): void {
  const observation = observe(subject, body);
  if (subject.isEnd) observation.finished = true;
  if (Object.keys(observation).length > 0) requester.observeControl?.(observation);
}

/** Reports an error response. */
export function observeError(requester: Requester, subject: Subject, error: unknown): void {
  const cause = errorKind(error) === "exhausted" ? (error as Error).cause : error;
  if (errorKind(cause) !== "api") return;
  const { statusCode, control } = cause as PrefactorApiError;
  const isEnded = subject.isEnd === true && statusCode === 409;
  if (!control && !isEnded) return;
  const observation = observe(subject, { control });
  if (isEnded) observation.finished = true;
  requester.observeControl?.(observation);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function observe(
  { idField, id, fields = {} }: Subject,
  { details, control }: Body,
): Mutable<ControlObservation> {
  const resource = isObject(details) ? details : {};
  const isInstance = resource["type"] === "agent_instance";
  const observation: Mutable<ControlObservation> = {};
  const agentInstanceId = idField === "agent_instance_id"
    ? id
    : fields["agent_instance_id"] ?? (isInstance ? resource["id"] : resource["agent_instance_id"]);
  if (typeof agentInstanceId === "string") observation.agentInstanceId = agentInstanceId;
  const agentSpanId = idField === "agent_span_id" ? id : resource["type"] === "agent_span" && resource["id"];
  if (typeof agentSpanId === "string") observation.agentSpanId = agentSpanId;
  const isTerminate = isObject(control) && control["terminate"] === true;
  if (isInstance && resource["status"] === "terminated" && !isTerminate) {
    const reason = resource["termination_reason"];
    observation.control = { terminate: true, reason: typeof reason === "string" ? reason : null };
  } else if (isObject(control)) {
    observation.control = control;
  }
  return observation;
}
