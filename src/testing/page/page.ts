/**
 * The page of the sandbox server: its document, state, events and actions.
 *
 * @module
 */

import { isObject } from "../../guards.ts";
import type { JsonObject } from "../../models/common.ts";
import type { Fault, FaultKind } from "../fault.ts";
import { type PrefactorSandbox, type SandboxAccess, watchSandbox } from "../sandbox.ts";
import { DOCUMENT, POLICY } from "./document.ts";
import { Feed } from "./feed.ts";
import { redactRecord, withoutToken } from "./rows.ts";

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The input of a route's handler. */
interface Input {
  /** The decoded ID in the path, or an empty string if the path has none. */
  readonly id: string;
  readonly request: Request;
  /** Aborts when the server closes or the client disconnects. */
  readonly signal: AbortSignal;
  /** The body of a POST. */
  readonly body: JsonObject;
}

interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  handle(input: Input): Response;
}

/** Serves the page of a sandbox. The caller must check the host of each request. */
export class SandboxPage {
  readonly #sandbox: PrefactorSandbox;
  readonly #access: SandboxAccess;
  readonly #feed: Feed;
  readonly #routes: readonly Route[] = [
    { method: "GET", path: /^\/$/, handle: () => respondWithDocument() },
    { method: "GET", path: /^\/_sandbox\/state$/, handle: () => respond(200, this.#feed.state()) },
    { method: "GET", path: /^\/_sandbox\/events$/, handle: (input) => this.#events(input) },
    { method: "GET", path: /^\/_sandbox\/runs\/([^/]+)$/, handle: ({ id }) => this.#run(id) },
    { method: "GET", path: /^\/_sandbox\/runs\/([^/]+)\/matches$/, handle: (input) => this.#matches(input) },
    { method: "GET", path: /^\/_sandbox\/spans\/([^/]+)$/, handle: ({ id }) => this.#span(id) },
    { method: "GET", path: /^\/_sandbox\/requests\/([^/]+)$/, handle: ({ id }) => this.#request(id) },
    {
      method: "POST",
      path: /^\/_sandbox\/runs\/([^/]+)\/terminate$/,
      handle: (input) => this.#terminate(input),
    },
    { method: "POST", path: /^\/_sandbox\/faults\/next$/, handle: ({ body }) => this.#planFault(body) },
    {
      method: "POST",
      path: /^\/_sandbox\/faults\/random$/,
      handle: ({ body }) => this.#startRandomFaults(body),
    },
    { method: "POST", path: /^\/_sandbox\/faults\/clear$/, handle: () => this.#clearFaults() },
    { method: "POST", path: /^\/_sandbox\/reset$/, handle: () => this.#reset() },
  ];

  constructor(sandbox: PrefactorSandbox) {
    this.#sandbox = sandbox;
    this.#access = watchSandbox(sandbox, () => this.#feed.notify());
    this.#feed = new Feed(this.#access);
  }

  /** Handles a request of the page. */
  async handle(request: Request, signal: AbortSignal): Promise<Response> {
    const { pathname } = new URL(request.url);
    const routes = this.#routes.filter(({ path }) => path.test(pathname));
    const route = routes.find(({ method }) => method === request.method);
    if (!route) {
      return routes[0]
        ? respond(405, { message: `The method must be ${routes[0].method}` }, { allow: routes[0].method })
        : respond(404, { message: "There is no such path" });
    }
    if (route.method === "POST" && !isOfPage(request)) {
      return respond(403, { message: "The origin must be the page's own" });
    }
    try {
      const id = decodeURIComponent(route.path.exec(pathname)?.[1] ?? "");
      const body = route.method === "POST" ? await request.json() : {};
      if (!isObject(body)) return respond(400, { message: "The body must be a JSON object" });
      return route.handle({ id, request, signal, body: body as JsonObject });
    } catch (error) {
      return respond(422, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  #events({ request, signal }: Input): Response {
    const after = new URL(request.url).searchParams.get("after");
    const cursor = request.headers.get("last-event-id") ?? after ?? "";
    return new Response(this.#feed.stream(cursor, signal), {
      headers: { ...HEADERS, "content-type": "text/event-stream" },
    });
  }

  /** Responds with all data of a run, as a file. */
  #run(id: string): Response {
    const { store, token } = this.#access;
    const run = store.instances.get(id);
    if (!run) return respond(404, { message: "There is no such run" });
    const details = {
      run,
      agent: store.agents.get(run.agent_id ?? ""),
      agent_version: store.plainRecords("agent_version").get(run.agent_version_id ?? ""),
      agent_schema_version: store.schemasOf(id),
      spans: store.spansOf(id),
    };
    const json = JSON.stringify(withoutToken(details, token), null, 2);
    return new Response(json, {
      headers: { ...HEADERS, "content-type": "application/json", "content-disposition": "attachment" },
    });
  }

  /** Responds with the IDs of the spans of a run whose payload or result contains a text. */
  #matches({ id, request }: Input): Response {
    const { store, token } = this.#access;
    const text = new URL(request.url).searchParams.get("text")?.toLowerCase() ?? "";
    const spans = store.spansOf(id).filter(({ payload, result_payload }) =>
      JSON.stringify(withoutToken([payload, result_payload], token)).toLowerCase().includes(text)
    );
    return respond(200, { ids: spans.map(({ id }) => id) });
  }

  /** Responds with a span and the type that it was registered with. */
  #span(id: string): Response {
    const { store, token } = this.#access;
    const span = store.spans.get(id);
    if (!span) return respond(404, { message: "There is no such span" });
    const types = Object.values(store.schemasOf(span.agent_instance_id).span_type_schemas ?? []);
    const type = types.find(({ name }) => name === span.schema_name) ?? {};
    return respond(200, { span: redactRecord(span, token), type: redactRecord(type, token) });
  }

  /** Responds with the headers and bodies of a request. */
  #request(id: string): Response {
    const { store, token } = this.#access;
    const entry = store.requests.get(id);
    if (!entry) return respond(404, { message: "There is no such request" });
    const { headers, body } = entry;
    return respond(200, redactRecord({ headers, body, response: store.outcomes.get(id)?.body }, token));
  }

  #terminate({ id, body }: Input): Response {
    this.#sandbox.terminate(id, body["reason"] as string);
    return respond(200, {});
  }

  #planFault({ fault, times = 1 }: JsonObject): Response {
    this.#sandbox.faults.next(fault as unknown as Fault, { times: times as number });
    this.#feed.notify();
    return respond(200, {});
  }

  #startRandomFaults({ rate, kinds }: JsonObject): Response {
    this.#sandbox.faults.random({ rate: rate as number, kinds: kinds as FaultKind[], seed: Date.now() });
    this.#feed.notify();
    return respond(200, {});
  }

  #clearFaults(): Response {
    this.#sandbox.faults.clear();
    this.#feed.notify();
    return respond(200, {});
  }

  #reset(): Response {
    this.#sandbox.reset();
    return respond(200, {});
  }
}

/** Returns whether the request comes from the page itself and not from another website. */
function isOfPage({ headers }: Request): boolean {
  return headers.get("origin") === `http://${headers.get("host")}`;
}

function respondWithDocument(): Response {
  return new Response(DOCUMENT, {
    headers: { ...HEADERS, "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
  });
}

function respond(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...HEADERS, ...headers } });
}
