import { assertEquals, assertRejects } from "@std/assert";
import { type Handler, type HttpServer, listen } from "../../src/testing/http_server.ts";

/** Serves a handler on a free port of loopback during a function. */
async function serve(
  handler: Handler,
  use: (url: string, server: HttpServer) => Promise<void>,
): Promise<void> {
  const server = await listen(handler, { hostname: "127.0.0.1", port: 0 });
  try {
    await use(`http://127.0.0.1:${server.port}`, server);
  } finally {
    await server.close();
  }
}

Deno.test("listen() passes each request to the handler, with the address of the caller", async () => {
  await serve(async (request, { remoteAddr, signal }) => {
    const { method, headers, url } = request;
    const { pathname, search } = new URL(url);
    return Response.json({
      method,
      path: pathname + search,
      name: headers.get("x-name"),
      text: await request.text(),
      hasAddress: remoteAddr !== undefined,
      isAborted: signal.aborted,
    }, { status: 201, headers: { "x-id": "1" } });
  }, async (url) => {
    const headers = { "x-name": "a" };
    const response = await fetch(`${url}/a/b?c=d`, { method: "POST", body: "text", headers });
    assertEquals([response.status, response.headers.get("x-id")], [201, "1"]);
    assertEquals(await response.json(), {
      method: "POST",
      path: "/a/b?c=d",
      name: "a",
      text: "text",
      hasAddress: true,
      isAborted: false,
    });
  });
});

Deno.test("listen() drops the connection if the body of the response fails", async () => {
  const body = () =>
    new ReadableStream({
      start(controller) {
        const error = new TypeError("Cut");
        delete error.stack; // Deno.serve prints it
        controller.error(error);
      },
    });
  await serve(() => Promise.resolve(new Response(body())), async (url) => {
    await assertRejects(async () => await (await fetch(url)).text(), TypeError);
  });
});

Deno.test("listen() says why it cannot listen on an address", async () => {
  const handler = () => Promise.resolve(new Response());
  await serve(handler, async (_url, { port }) => {
    const message = `Cannot listen on 127.0.0.1, port ${port}: the port is in use`;
    await assertRejects(() => listen(handler, { hostname: "127.0.0.1", port }), Error, message);
  });
  await assertRejects(
    () => listen(handler, { hostname: "192.0.2.1", port: 0 }),
    Error,
    "Cannot listen on 192.0.2.1, port 0: this machine does not have the address",
  );
});

Deno.test("HttpServer.close() aborts the signal of the requests in flight and frees the port", async () => {
  const handling = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<Response>();
  const server = await listen((_request, { signal }) => {
    signal.addEventListener("abort", () => aborted.resolve(new Response()));
    handling.resolve();
    return aborted.promise;
  }, { hostname: "127.0.0.1", port: 0 });
  const request = fetch(`http://127.0.0.1:${server.port}`).then(
    (response) => response.body?.cancel(),
    () => {},
  );
  await handling.promise;
  await server.close();
  await aborted.promise;
  await request;
  await assertRejects(() => fetch(`http://127.0.0.1:${server.port}`), TypeError);
});
