/**
 * A server that does what the path says, for clients on any runtime and of any origin.
 *
 * `/script/<id>/<step>,<step>,…/<path of the request>` answers the first request of this id by the first step, the
 * second by the second, and all others by the last. `/received/<id>` tells what came, `/has/<id>/<n>` waits until so
 * many requests are there, `/lost/<id>/<n>` until the client has let go of so many answers before their end.
 *
 * @module
 */

import type { Received } from "./scenario.ts";

/** A server with scripts for its answers. */
export interface ScriptedServer {
  readonly url: string;
  /** Drops all connections. */
  close(): Promise<void>;
}

const encoder = new TextEncoder();
const HALF = encoder.encode('{"status":"success","half":');

class Session {
  readonly received: Received[] = [];
  #lost = 0;
  readonly #waiting = new Set<() => void>();

  add(received: Received): number {
    this.received.push(received);
    this.#changed();
    return this.received.length - 1;
  }

  readonly lose = (): void => {
    this.#lost++;
    this.#changed();
  };

  async has(count: number): Promise<Response> {
    return await this.#until(() => this.received.length >= count);
  }

  async hasLost(count: number): Promise<Response> {
    return await this.#until(() => this.#lost >= count);
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

/** What a step does with a request; its arguments stand behind it, after colons. */
type Step = (session: Session, request: Request, args: string[]) => Response | Promise<Response>;

const STEPS: Record<string, Step> = {
  ok: () => Response.json({ status: "success" }),
  // status:503:retry-after-ms:40
  status: (_session, _request, [status, ...headers]) =>
    Response.json({ status: "error", code: "some_code", message: "Some message" }, {
      status: Number(status),
      headers: headers.length === 0 ? {} : [[headers[0]!, headers.slice(1).join(":")]],
    }),
  // redirect:307:same, :other or :nowhere
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
        session.lose();
        resolve(new Response());
      });
    }),
  stall: (session) => new Response(endless(session, [HALF])),
  endless: (session) => new Response(endless(session, undefined)),
  // length:<bytes of the text in the object>
  length: (_session, _request, [length]) => Response.json({ text: "x".repeat(Number(length)) }),
  gzip: (_session, _request, [length]) => gzip(JSON.stringify({ text: "x".repeat(Number(length)) })),
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
      if (what === "has") return allow(request, await session.has(Number(rest)));
      if (what === "lost") return allow(request, await session.hasLost(Number(rest)));
      return allow(request, await answer(session, request, rest!, `/${path.join("/")}`));
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

async function answer(session: Session, request: Request, steps: string, path: string): Promise<Response> {
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

function allow({ headers }: Request, response: Response): Response {
  const { headers: answered } = response;
  answered.set("access-control-allow-origin", "*");
  answered.set("access-control-expose-headers", "retry-after, retry-after-ms, x-request-id");
  const asked = headers.get("access-control-request-headers");
  if (asked !== null) answered.set("access-control-allow-headers", asked);
  return response;
}

/** On a body that fails, the server drops the connection. */
function failing(chunks: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error("The scripted server drops the connection");
    },
  }, { highWaterMark: 0 });
}

/** A body of these chunks and no end; without any, of white space for ever. */
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
    cancel: session.lose,
  }, { highWaterMark: 0 });
}

async function gzip(text: string): Promise<Response> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  return new Response(bytes, {
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  });
}
