/**
 * The clients that are compared. Each creates a span, with the settings it comes with and a timeout of 30 s.
 *
 * @module
 */

import { PrefactorHttpClient } from "../../mod.ts";
import { spanToCreate, TOKEN } from "./span.ts";

/** Creates one span. */
export type Call = () => Promise<unknown>;

/** Makes a call for a server and a size of body; a client is loaded in the processes that use it only. */
type Contender = (apiUrl: string, bytes: number) => Call | Promise<Call>;

const PATH = "/api/v1/agent_spans";
const TIMEOUT = 30_000;

async function post(url: string, body: unknown, signal: AbortSignal | null): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Authorization": `Bearer ${TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return JSON.parse(await response.text());
}

function prefactorHttp(apiUrl: string, bytes: number, maxConcurrency: number): Call {
  const client = new PrefactorHttpClient({ apiUrl, apiToken: TOKEN, maxConcurrency });
  const span = spanToCreate(bytes);
  return () => client.agentSpans.create(span);
}

/** This client. */
export const OURS = "@prefactor/http";

/** This client, without the usual limit on requests in flight. */
export const RAISED = "@prefactor/http, maxConcurrency 10,000";

/** The floor: `JSON.stringify`, `fetch`, `text()` and `JSON.parse`, and nothing else. */
export const FLOOR = "raw fetch";

/** Every contender by its name. */
export const CONTENDERS = {
  [FLOOR]: (apiUrl, bytes) => {
    const [url, body] = [apiUrl + PATH, { details: spanToCreate(bytes) }];
    return () => post(url, body, null);
  },
  "raw fetch, AbortSignal.timeout": (apiUrl, bytes) => {
    const [url, body] = [apiUrl + PATH, { details: spanToCreate(bytes) }];
    return () => post(url, body, AbortSignal.timeout(TIMEOUT));
  },
  [OURS]: (apiUrl, bytes) => prefactorHttp(apiUrl, bytes, 100),
  [RAISED]: (apiUrl, bytes) => prefactorHttp(apiUrl, bytes, 10_000),
  "@prefactor/core": async (apiUrl, bytes) => {
    const { AgentSpanClient, HttpClient, HttpTransportConfigSchema } = await import("../peers/core.ts");
    const client = new AgentSpanClient(
      new HttpClient(HttpTransportConfigSchema.parse({ apiUrl, apiToken: TOKEN })),
    );
    const body = { details: { ...spanToCreate(bytes), status: "active" as const, finished_at: null } };
    return () => client.create(body);
  },
  "ofetch": async (apiUrl, bytes) => {
    const { ofetch } = await import("../peers/ofetch.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = ofetch.create({ baseURL: apiUrl, headers, timeout: TIMEOUT });
    const body = { details: spanToCreate(bytes) };
    return () => api(PATH, { method: "POST", body });
  },
  "ky": async (apiUrl, bytes) => {
    const { ky } = await import("../peers/ky.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = ky.create({ prefix: apiUrl, headers, timeout: TIMEOUT });
    const json = { details: spanToCreate(bytes) };
    return () => api.post(PATH, { json }).json();
  },
  "axios": async (apiUrl, bytes) => {
    const { axios } = await import("../peers/axios.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = axios.create({ baseURL: apiUrl, headers, timeout: TIMEOUT, adapter: "fetch" });
    const body = { details: spanToCreate(bytes) };
    return async () => (await api.post(PATH, body)).data;
  },
} satisfies Record<string, Contender>;

/** The name of a contender. */
export type ContenderName = keyof typeof CONTENDERS;

/** Those that are compared with each other. */
export const COMPARED = (Object.keys(CONTENDERS) as ContenderName[]).filter((name) => name !== RAISED);
