/** Helpers of the sandbox's tests. */

import { PrefactorSandbox } from "@prefactor/http/testing";

/** A response with its body. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** Sends requests to a sandbox without a client. */
export class Caller {
  readonly sandbox: PrefactorSandbox;
  readonly #url: string;
  readonly #token: string;
  readonly #fetch: typeof fetch;

  constructor(sandbox: PrefactorSandbox = new PrefactorSandbox(), url?: string) {
    const { apiUrl, apiToken } = sandbox.config();
    this.sandbox = sandbox;
    this.#url = url ?? apiUrl;
    this.#token = apiToken;
    this.#fetch = url === undefined ? sandbox.fetch : fetch;
  }

  async send(method: string, path: string, body?: unknown, headers: HeadersInit = {}): Promise<Reply> {
    const init: RequestInit = {
      method,
      headers: [["authorization", `Bearer ${this.#token}`], ...new Headers(headers)],
      redirect: "manual",
    };
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
    const response = await this.#fetch(this.#url + path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  get(path: string): Promise<Reply> {
    return this.send("GET", `/api/v1/${path}`);
  }

  post(path: string, body: unknown = {}, headers: HeadersInit = {}): Promise<Reply> {
    return this.send("POST", `/api/v1/${path}`, body, headers);
  }

  put(path: string, body: unknown): Promise<Reply> {
    return this.send("PUT", `/api/v1/${path}`, body);
  }

  delete(path: string): Promise<Reply> {
    return this.send("DELETE", `/api/v1/${path}`);
  }

  /** Registers an instance and returns its ID. */
  async register(fields: object = {}): Promise<string> {
    const { json } = await this.post("agent_instance/register", { ...REGISTRATION, ...fields });
    return json.details.id;
  }

  /** Registers and starts an instance and returns its ID. */
  async start(fields: object = {}): Promise<string> {
    const id = await this.register(fields);
    await this.post(`agent_instance/${id}/start`);
    return id;
  }

  /** Creates a span. */
  createSpan(instanceId: string, fields: object = {}): Promise<Reply> {
    return this.post("agent_spans", { details: { ...SPAN, agent_instance_id: instanceId, ...fields } });
  }
}

/** The required fields of a registration. */
export const REGISTRATION = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };

/** The required fields of a span, without the instance. */
export const SPAN = { schema_name: "agent:llm", status: "active", payload: {} };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces each error by its code. */
// deno-lint-ignore no-explicit-any
export function codesOf(errors: any): unknown {
  if (typeof errors.code === "string" && errors.status === "error") return errors.code;
  return Object.fromEntries(Object.entries(errors).map(([field, error]) => [field, codesOf(error)]));
}
