/**
 * The scripted server. The path of a request determines the response. All origins are allowed.
 *
 * - `/script/<id>/<step>,<step>,…/<path>` responds to the first request with this ID as the first step says, to the
 *   second as the second step says, and to all further requests as the last step says.
 * - `/received/<id>` lists the requests with this ID.
 * - `/has-received/<id>/<n>` responds when there are `n` requests.
 * - `/has-cancelled/<id>/<n>` responds when the client has cancelled `n` responses before their end.
 *
 * @module
 */

import type { Received } from "./scenario.ts";

/** A running scripted server. */
export interface ScriptedServer {
  readonly url: string;
  /** Closes the server and all connections. */
  close(): Promise<void>;
}

const encoder = new TextEncoder();
const HALF = encoder.encode('{"status":"success","half":');

class Session {
  readonly received: Received[] = [];
  #cancelled = 0;
  readonly #waiting = new Set<() => void>();

  add(received: Received): number {
    this.received.push(received);
    this.#changed();
    return this.received.length - 1;
  }

  readonly cancel = (): void => {
    this.#cancelled++;
    this.#changed();
  };

  async hasReceived(count: number): Promise<Response> {
    return await this.#until(() => this.received.length >= count);
  }

  async hasCancelled(count: number): Promise<Response> {
    return await this.#until(() => this.#cancelled >= count);
  }

  async #until(holds: () => boolean): Promise<Response> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return new Response("yes");
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Responds to a request. In the path, the arguments follow the name of the step after colons. */
type Step = (session: Session, request: Request, args: string[]) => Response | Promise<Response>;

const STEPS: Record<string, Step> = {
  ok: () => Response.json({ status: "success" }),
  // status:503:retry-after-ms:40
  status: (_session, _request, [status, ...headers]) =>
    Response.json({ status: "error", code: "some_code", message: "Some message" }, {
      status: Number(status),
      headers: headers.length === 0 ? {} : [[headers[0]!, headers.slice(1).join(":")]],
    }),
  // redirect:307:same, redirect:307:other or redirect:307:nowhere
  redirect: (_session, request, [status, to]) => {
    const url = new URL(request.url);
    const path = `/script/${url.pathname.split("/")[2]}/ok/followed`;
    if (to === "other") url.hostname = "localhost";
    const location = to === "same" ? path : url.origin + path;
    return new Response(null, { status: Number(status), headers: to === "nowhere" ? {} : { location } });
  },
  drop: () => new Response(failing([])),
  cut: () => new Response(failing([HALF]), { headers: { "content-length": "1000" } }),
  hang: (session, request) =>
    new Promise((resolve) => {
      request.signal.addEventListener("abort", () => {
        session.cancel();
        resolve(new Response());
      });
    }),
  stall: (session) => new Response(endless(session, [HALF])),
  endless: (session) => new Response(endless(session, undefined)),
  // length:<bytes of the text>
  length: (_session, _request, [length]) => Response.json({ text: "x".repeat(Number(length)) }),
  gzip: (_session, _request, [length]) => gzip(JSON.stringify({ text: "x".repeat(Number(length)) })),
  // late:<ms> and late-chunks:<ms>
  late: async (_session, _request, [ms]) => {
    await new Promise((resolve) => setTimeout(resolve, Number(ms)));
    return Response.json({ status: "success" });
  },
  "late-chunks": async (session, request, args) => {
    const text = await (await STEPS["late"]!(session, request, args)).text();
    return new Response(ReadableStream.from([...text].map((character) => encoder.encode(character))));
  },
  "wrong-gzip": () => new Response("{}", { headers: { "content-encoding": "gzip" } }),
  bom: () =>
    new Response("\ufeff" + JSON.stringify({ text: "ü€" }), {
      headers: { "content-type": "application/json; charset=iso-8859-1" },
    }),
  text: () => new Response("<html>no JSON</html>"),
  "invalid-utf8": () => new Response(new Uint8Array([...encoder.encode('{"a":"'), 0xff, 0x22, 0x7d])),
  echo: (_session, request) => {
    const token = request.headers.get("authorization");
    return Response.json({ status: "error", code: "bad", message: `No ${token}`, errors: { token } }, {
      status: 422,
    });
  },
};

/** Starts the server. */
export function serveScripts(): ScriptedServer {
  const closing = new AbortController();
  const sessions = new Map<string, Session>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen() {} },
    async (request) => {
      const [, what, id, rest, ...path] = new URL(request.url).pathname.split("/");
      if (request.method === "OPTIONS") return allow(request, new Response(null, { status: 204 }));
      const session = sessions.get(id!) ?? new Session();
      sessions.set(id!, session);
      if (what === "received") return allow(request, Response.json(session.received));
      if (what === "has-received") return allow(request, await session.hasReceived(Number(rest)));
      if (what === "has-cancelled") return allow(request, await session.hasCancelled(Number(rest)));
      return allow(request, await respond(session, request, rest!, `/${path.join("/")}`));
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async close() {
      closing.abort();
      await server.finished;
    },
  };
}

async function respond(session: Session, request: Request, steps: string, path: string): Promise<Response> {
  const { method, headers } = request;
  const index = session.add({
    method,
    path,
    key: headers.get("idempotency-key"),
    authorization: headers.get("authorization"),
    body: await request.text(),
    at: performance.now(),
  });
  const all = steps.split(",");
  const [name, ...args] = all[Math.min(index, all.length - 1)]!.split(":");
  return await STEPS[name!]!(session, request, args);
}

/** Adds the headers that allow a page of another origin to send the request and to read the response. */
function allow(request: Request, response: Response): Response {
  const { headers } = response;
  headers.set("access-control-allow-origin", "*");
  headers.set("access-control-expose-headers", "retry-after, retry-after-ms, x-request-id");
  const requested = request.headers.get("access-control-request-headers");
  if (requested !== null) headers.set("access-control-allow-headers", requested);
  return response;
}

/** Creates a body that fails after these chunks. Deno then drops the connection. */
function failing(chunks: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error("The scripted server drops the connection");
    },
  }, { highWaterMark: 0 });
}

/** Creates a body that never ends: it stalls after these chunks or, without chunks, goes on with white space. */
function endless(
  session: Session,
  chunks: Uint8Array<ArrayBuffer>[] | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const space = new Uint8Array(64 * 1024).fill(0x20);
  return new ReadableStream({
    async pull(controller) {
      const chunk = chunks ? chunks.shift() : space;
      if (chunk) controller.enqueue(chunk);
      else await new Promise<never>(() => {});
    },
    cancel: session.cancel,
  }, { highWaterMark: 0 });
}

async function gzip(text: string): Promise<Response> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  return new Response(bytes, {
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  });
}
