/**
 * What came in.
 *
 * @module
 */

import { Fifo } from "./bounded.ts";
import type { FaultKind } from "./fault.ts";

/** A request that came in. Wherever the token stood, it now says `[token]`; the header that carries it is gone. */
export interface SandboxRequest {
  /** The id of the request: the answer's `x-request-id`. */
  readonly id: string;
  /** The method, such as `"POST"`. */
  readonly method: string;
  /** The path, such as `"/api/v1/agent_spans"`. */
  readonly path: string;
  /** The query with its question mark; empty where there is none. */
  readonly query: string;
  /** The headers without `authorization`, by their names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** The parsed body, or its text where that is no JSON; `undefined` where there is none. */
  readonly body: unknown;
  /** What went wrong with it, on demand. */
  readonly fault?: FaultKind;
  /** The status of the answer; absent as long as there is none, and where none arrives. */
  readonly status?: number;
}

/** A request as the sandbox itself sees it: it learns its fate later. */
export type Entry = { -readonly [Field in keyof SandboxRequest]: SandboxRequest[Field] };

/** A request that was read. */
export interface Incoming {
  /** What a client or a server made of it. */
  readonly request: Request;
  /** The path of its URL. */
  readonly path: string;
  /** The query of its URL, with its question mark. */
  readonly query: string;
  /** Its body. */
  readonly text: string;
  /** Its body, parsed, or the text again where that is no JSON; `undefined` where there is none. */
  readonly json: unknown;
}

/** Reads a request. */
export async function read(request: Request): Promise<Incoming> {
  const text = await request.text();
  const { pathname, search } = new URL(request.url);
  return { request, path: pathname, query: search, text, json: parse(text) };
}

/** The requests that came in last. */
export class RequestLog {
  readonly #limit: number;
  readonly #token: string;
  #entries = new Fifo<Entry>();

  /** Takes how many requests it keeps, and the token, which it never keeps. */
  constructor(limit: number, token: string) {
    this.#limit = limit;
    this.#token = token;
  }

  /** Writes a request down. */
  add(id: string, { request, path, query, text, json }: Incoming): Entry {
    const headers: Record<string, string> = {};
    request.headers.forEach((value, name) => {
      if (name !== "authorization") headers[name] = this.#redact(value);
    });
    const entry: Entry = {
      id,
      method: request.method,
      path: this.#redact(path),
      query: this.#redact(query),
      headers,
      body: text.includes(this.#token) ? parse(this.#redact(text)) : json,
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    return entry;
  }

  /** The requests, oldest first. */
  toArray(): SandboxRequest[] {
    return this.#entries.toArray();
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries = new Fifo();
  }

  #redact(text: string): string {
    return text.replaceAll(this.#token, "[token]").replaceAll(encodeURIComponent(this.#token), "[token]");
  }
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
