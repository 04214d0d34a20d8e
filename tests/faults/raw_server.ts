/**
 * A server on raw sockets, which can violate HTTP in ways that an HTTP server cannot.
 *
 * @module
 */

import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";

/** A request as received over the wire. */
export interface RawRequest {
  /** The request line. */
  readonly line: string;
  /** The headers by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body. */
  readonly body: string;
  /** The time at which it was complete, from `performance.now()`. */
  readonly at: number;
}

/** Handles a connection, which is closed afterwards. `index` counts the connections from 0. */
export type Play = (connection: Connection, index: number) => Promise<void>;

const HEAD_END = "\r\n\r\n";
const LATIN_1 = new TextDecoder("latin1");
const UTF_8 = new TextDecoder();

/** One accepted connection. */
export class Connection {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #closed: Promise<false>;
  readonly #requests: RawRequest[];
  #unread: Uint8Array = new Uint8Array();

  constructor(socket: Socket, requests: RawRequest[]) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#closed = new Promise((resolve) => socket.on("close", () => resolve(false)));
    this.#requests = requests;
    socket.on("error", () => {}); // reads and writes report the error
  }

  /** Reads and records a request. Resolves to `undefined` if the client disconnects first. */
  async request(): Promise<RawRequest | undefined> {
    let headEnd: number;
    while ((headEnd = LATIN_1.decode(this.#unread).indexOf(HEAD_END)) < 0) {
      if (!await this.readMore()) return undefined;
    }
    const bodyStart = headEnd + HEAD_END.length;
    const { line, headers } = parseHead(LATIN_1.decode(this.#unread.subarray(0, headEnd)));
    const end = bodyStart + Number(headers.get("content-length") ?? 0);
    while (this.#unread.length < end) {
      if (!await this.readMore()) return undefined;
    }
    const body = UTF_8.decode(this.#unread.subarray(bodyStart, end));
    this.#unread = this.#unread.slice(end);
    const request = { line, headers, body, at: performance.now() };
    this.#requests.push(request);
    return request;
  }

  /** Waits for more bytes from the client. Resolves to `false` if the client has disconnected. */
  async readMore(): Promise<boolean> {
    const chunk = await this.#chunks.next().catch(() => undefined);
    if (!chunk || chunk.done) return false;
    const all = new Uint8Array(this.#unread.length + chunk.value.length);
    all.set(this.#unread);
    all.set(chunk.value, this.#unread.length);
    this.#unread = all;
    return true;
  }

  /** Writes the data. Resolves to `false` if the client has disconnected. */
  send(data: string | Uint8Array): Promise<boolean> {
    const written = new Promise<boolean>((resolve) => this.#socket.write(data, (error) => resolve(!error)));
    return Promise.race([written, this.#closed]);
  }

  /** Waits until the client has disconnected. */
  async gone(): Promise<void> {
    while (await this.readMore()) this.#unread = new Uint8Array();
  }

  /** Closes the connection gracefully. */
  async close(): Promise<void> {
    this.#socket.destroySoon();
    await this.#closed;
  }

  /** Resets the connection. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Destroys the connection immediately. */
  drop(): void {
    this.#socket.destroy();
  }
}

function parseHead(head: string): Pick<RawRequest, "line" | "headers"> {
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
  });
  return { line, headers: new Map(headers) };
}

/** A server on a free port of the loopback interface. */
export class RawServer implements AsyncDisposable {
  /** The complete requests in order. */
  readonly requests: RawRequest[] = [];
  /** The number of accepted connections. */
  connections = 0;
  readonly #server: Server;
  readonly #open = new Map<Connection, Promise<void>>();

  private constructor(play: Play) {
    this.#server = createServer((socket) => this.#accept(socket, play));
  }

  static async start(play: Play): Promise<RawServer> {
    const server = new RawServer(play);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until every connection is closed. Resolves to `false` if that takes longer than `within` ms. */
  async idle(within: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(resolve, within, false);
    const done = Promise.all(this.#open.values()).then(() => true);
    const isIdle = await Promise.race([done, late]);
    clearTimeout(timer);
    return isIdle;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#open.keys()) connection.drop();
    await Promise.all([closed, ...this.#open.values()]);
  }

  #accept(socket: Socket, play: Play): void {
    const connection = new Connection(socket, this.requests);
    this.#open.set(connection, this.#play(connection, play, this.connections++));
  }

  async #play(connection: Connection, play: Play, index: number): Promise<void> {
    try {
      await play(connection, index);
      await connection.close();
    } finally {
      this.#open.delete(connection);
    }
  }
}

/** Returns the text of a response. `content-length` defaults to the length of the body. */
export function rawResponse(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const isFramed = names.includes("content-length") || names.includes("transfer-encoding") ||
    status === 204 || status === 304;
  const fields = {
    ...(!isFramed && { "content-length": String(new TextEncoder().encode(body).length) }),
    ...(!names.includes("connection") && { connection: "close" }),
    ...headers,
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} Some Words\r\n${head}\r\n${body}`;
}

/** The body of a successful response. */
export const SUCCESS = '{"status":"success"}';

/** The body of an error of the API. */
export const FAILURE = '{"status":"error","code":"some_code","message":"Some message"}';

/** Reads a request and sends the data. */
export function reply(...data: (string | Uint8Array)[]): Play {
  return async (connection) => {
    if (!await connection.request()) return;
    for (const part of data) await connection.send(part);
  };
}

/** Reads a request, sends the data and then waits until the client disconnects. */
export function stall(...data: (string | Uint8Array)[]): Play {
  return async (connection, index) => {
    await reply(...data)(connection, index);
    await connection.gone();
  };
}

/** Reads a request, sends `head` once and then `rest` repeatedly until the client disconnects. */
export function endless(head: string, rest: string | Uint8Array): Play {
  return async (connection) => {
    if (!await connection.request() || !await connection.send(head)) return;
    while (await connection.send(rest));
  };
}

/** Reads a request, sends `head`, and then sends `text` byte by byte, `ms` milliseconds apart. */
export function drip(text: string, ms: number, head = ""): Play {
  return async (connection) => {
    if (!await connection.request() || !await connection.send(head)) return;
    for (const byte of new TextEncoder().encode(text)) {
      if (!await connection.send(new Uint8Array([byte]))) return;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  };
}
