/**
 * The clients in the comparison. Each creates a span with its default settings and a timeout of 30 s.
 *
 * @module
 */

import { PrefactorHttpClient } from "../../mod.ts";
import { spanParams, TOKEN } from "./span.ts";

/** Creates one span. */
export type Call = () => Promise<unknown>;

/** Creates a call for a server and a body size. Each client is imported only in the processes that use it. */
type CreateCall = (apiUrl: string, bytes: number) => Call | Promise<Call>;

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
  const span = spanParams(bytes);
  return () => client.agentSpans.create(span);
}

/** This client. */
export const OURS = "@prefactor/http";

/** This client with a concurrency limit that no measurement reaches. */
export const OURS_UNLIMITED = "@prefactor/http, maxConcurrency 10,000";

/** The baseline: `JSON.stringify`, `fetch`, `text()` and `JSON.parse`. */
export const BASELINE = "raw fetch";

/** Every client by its name. */
export const CLIENTS = {
  [BASELINE]: (apiUrl, bytes) => {
    const [url, body] = [apiUrl + PATH, { details: spanParams(bytes) }];
    return () => post(url, body, null);
  },
  "raw fetch, AbortSignal.timeout": (apiUrl, bytes) => {
    const [url, body] = [apiUrl + PATH, { details: spanParams(bytes) }];
    return () => post(url, body, AbortSignal.timeout(TIMEOUT));
  },
  [OURS]: (apiUrl, bytes) => prefactorHttp(apiUrl, bytes, 100),
  [OURS_UNLIMITED]: (apiUrl, bytes) => prefactorHttp(apiUrl, bytes, 10_000),
  "@prefactor/core": async (apiUrl, bytes) => {
    const { AgentSpanClient, HttpClient, HttpTransportConfigSchema } = await import("../peers/core.ts");
    const client = new AgentSpanClient(
      new HttpClient(HttpTransportConfigSchema.parse({ apiUrl, apiToken: TOKEN })),
    );
    const body = { details: { ...spanParams(bytes), status: "active" as const, finished_at: null } };
    return () => client.create(body);
  },
  "ofetch": async (apiUrl, bytes) => {
    const { ofetch } = await import("../peers/ofetch.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = ofetch.create({ baseURL: apiUrl, headers, timeout: TIMEOUT });
    const body = { details: spanParams(bytes) };
    return () => api(PATH, { method: "POST", body });
  },
  "ky": async (apiUrl, bytes) => {
    const { ky } = await import("../peers/ky.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = ky.create({ prefix: apiUrl, headers, timeout: TIMEOUT });
    const json = { details: spanParams(bytes) };
    return () => api.post(PATH, { json }).json();
  },
  "axios": async (apiUrl, bytes) => {
    const { axios } = await import("../peers/axios.ts");
    const headers = { "Authorization": `Bearer ${TOKEN}` };
    const api = axios.create({ baseURL: apiUrl, headers, timeout: TIMEOUT, adapter: "fetch" });
    const body = { details: spanParams(bytes) };
    return async () => (await api.post(PATH, body)).data;
  },
} satisfies Record<string, CreateCall>;

/** The name of a client. */
export type ClientName = keyof typeof CLIENTS;

/** The clients that are compared with each other. */
export const COMPARED = (Object.keys(CLIENTS) as ClientName[]).filter((name) => name !== OURS_UNLIMITED);
