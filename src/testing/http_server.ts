/**
 * An HTTP server for Deno, Node and Bun.
 *
 * @module
 */

/** Handles a request. If the body of the response fails, the connection is dropped. */
export type Handler = (request: Request, info: HandlerInfo) => Promise<Response>;

/** The second argument of a handler. It tells a sandbox that a server has called it. */
export interface HandlerInfo {
  readonly remoteAddr: unknown;
  /** Aborts when the server closes or, on Node and Bun, when the connection does. */
  readonly signal: AbortSignal;
}

/** An address to listen on. */
export interface Address {
  readonly hostname: string;
  /** The port; 0 means any free port. */
  readonly port: number;
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Drops all connections. */
  close(): Promise<void>;
}

/** The reasons why listening can fail, by the error code that all runtimes use. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "the user may not use the port",
};

/**
 * Serves a handler.
 *
 * @throws {Error} If it cannot listen on the address. The message says why.
 */
export async function listen(handler: Handler, address: Address): Promise<HttpServer> {
  try {
    return "Deno" in globalThis ? listenOnDeno(handler, address) : await listenOnNode(handler, address);
  } catch (cause) {
    const { code = "", message } = cause as Error & { code?: string };
    const { hostname, port } = address;
    throw new Error(`Cannot listen on ${hostname}, port ${port}: ${REASONS[code] ?? message}`, { cause });
  }
}

function listenOnDeno(handler: Handler, address: Address): HttpServer {
  const closing = new AbortController();
  const server = Deno.serve({
    ...address,
    signal: closing.signal,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, (request, { remoteAddr }) => handler(request, { remoteAddr, signal: closing.signal }));
  return {
    port: server.addr.port,
    async close() {
      closing.abort();
      await server.finished;
    },
  };
}

/** Listens on Node and Bun. Loads the module at run time, so that bundlers do not try to resolve it. */
async function listenOnNode(handler: Handler, { hostname, port }: Address): Promise<HttpServer> {
  const http = globalThis.process.getBuiltinModule?.("node:http");
  if (!http) throw new Error("Cannot start the sandbox: it needs Node 20.16 or later");
  const server = http.createServer(async (incoming, outgoing) => {
    const closed = new AbortController();
    outgoing.once("close", () => closed.abort());
    try {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const { method = "GET", url = "/", rawHeaders } = incoming;
      const request = new Request(url.startsWith("/") ? `http://localhost${url}` : url, {
        method,
        headers: headersOf(rawHeaders),
        ...(chunks.length > 0 && { body: new Blob(chunks) }),
      });
      const response = await handler(request, {
        remoteAddr: incoming.socket.remoteAddress,
        signal: closed.signal,
      });
      const reader = response.body?.getReader();
      // Read the first chunk before sending the head, so that a body that fails immediately results in no response at
      // all.
      let chunk = await reader?.read();
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      for (; chunk?.value; chunk = await reader?.read()) outgoing.write(chunk.value);
      outgoing.end();
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Converts a list of alternating names and values to headers. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  raw.forEach((name, index) => index % 2 === 0 && headers.append(name, raw[index + 1]!));
  return headers;
}
