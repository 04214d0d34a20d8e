/**
 * Hooks that observe the requests of a client.
 *
 * @module
 */

/** An attempt that is about to be sent. */
export interface RequestEvent {
  /** A number that identifies the call among all calls of the client. */
  readonly callId: number;
  /** The HTTP method. */
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The number of the attempt within its call, from 1. */
  readonly attempt: number;
}

/** A response that has been read completely. */
export interface ResponseEvent extends RequestEvent {
  /** The HTTP status. */
  readonly statusCode: number;
  /** The ID of the request, from the response header `x-request-id`. */
  readonly requestId?: string;
  /** The time from the start of the attempt to the last byte of the response, in ms. */
  readonly duration: number;
}

/** An attempt that has failed. */
export interface ErrorEvent extends RequestEvent {
  /** The error of the attempt, or the reason of the abort. */
  readonly error: unknown;
  /** The time from the start of the attempt to its failure, in ms. */
  readonly duration: number;
}

/** A retry that is about to be sent. `attempt` is the number of the new attempt. */
export interface RetryEvent extends RequestEvent {
  /** The error of the previous attempt. */
  readonly error: unknown;
  /** The time since the previous attempt failed, in ms. */
  readonly delay: number;
}

/** A signal from the platform to an agent instance. */
export interface ControlEvent {
  /** The ID of the instance; `undefined` if neither the request nor the response names it. */
  readonly agentInstanceId: string | undefined;
  /** Whether the instance must stop. */
  readonly terminate: boolean;
  /** The reason that the person gave, or `null` if there is none. */
  readonly reason: string | null;
}

/** The names of the hooks. */
export const HOOK_NAMES = ["onRequest", "onResponse", "onError", "onRetry", "onControl"] as const;

/**
 * Functions that observe the attempts of a client. The client ignores what they return, and a hook that throws or
 * rejects does not affect its call.
 */
export interface ClientHooks {
  /** Called just before an attempt is sent. */
  onRequest?(event: RequestEvent): unknown;
  /** Called when a response has been read completely, whatever its status. */
  onResponse?(event: ResponseEvent): unknown;
  /** Called when an attempt has failed or was aborted. If there was a response, `onResponse` is called first. */
  onError?(event: ErrorEvent): unknown;
  /** Called just before a retry is sent, and before its `onRequest`. */
  onRetry?(event: RetryEvent): unknown;
  /** Called for every `control` in a response, including error responses and the outputs of bulk requests. */
  onControl?(event: ControlEvent): unknown;
}

/** Calls a hook, if there is one. Ignores its return value and its errors. */
export function notify<Name extends keyof ClientHooks>(
  hooks: ClientHooks | undefined,
  name: Name,
  event: Parameters<NonNullable<ClientHooks[Name]>>[0],
): void {
  try {
    const hook = hooks?.[name] as ((event: unknown) => unknown) | undefined;
    Promise.resolve(hook?.call(hooks, event)).catch(() => {});
  } catch {
    // A hook must not break the request.
  }
}
