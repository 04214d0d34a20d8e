/**
 * Faults of a server or a connection, and the expected outcome of the call.
 *
 * @module
 */

import {
  type HttpClientConfig,
  PrefactorApiError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorTimeoutError,
} from "../../mod.ts";
import { drip, endless, FAILURE, type Play, rawResponse, reply, stall, SUCCESS } from "./raw_server.ts";

/** A fault and its expected outcome. */
export interface Scenario {
  readonly name: string;
  readonly play: Play;
  /** The error class of each attempt; `null` for a success. */
  readonly error: (new (...args: never[]) => Error) | null;
  /** Whether the client retries. */
  readonly retried?: boolean;
  /** Expected fields of the error or of the successful response. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** A part of the message of the error or of its cause. */
  readonly says?: string;
  readonly config?: Partial<HttpClientConfig>;
}

const CHUNKED = { "transfer-encoding": "chunked" };
const TIMEOUTS = { connectTimeout: 60, requestTimeout: 120 };
const CONNECT_TIMEOUT = { phase: "connect", timeout: TIMEOUTS.connectTimeout };
const REQUEST_TIMEOUT = { phase: "request", timeout: TIMEOUTS.requestTimeout };
const MIB = 2 ** 20;
/** A response of 10 MB. */
const LONG_BODY = { status: "success", text: "é→".repeat(2_000_000) };
const LONG = JSON.stringify(LONG_BODY);
const SPACES = new Uint8Array(64 * 1024).fill(0x20);
const FAST_SPACES = chunkOf(SPACES);
/** `{"n":"�"}` with a byte that is invalid in UTF-8. */
const BROKEN_UTF_8 = new Uint8Array([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);

function chunkOf(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  return new Uint8Array([...head, ...bytes, 0x0d, 0x0a]);
}

/** Encodes the text in chunks of `size` characters, without the final empty chunk. */
function chunks(text: string, size: number): string {
  const parts = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
  return parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
}

const LONG_CHUNKS = [rawResponse(200, CHUNKED), chunkOf(new TextEncoder().encode(LONG)), "0\r\n\r\n"];

async function gzip(...parts: (string | Uint8Array<ArrayBuffer>)[]): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

function replyGzip(status: number, bytes: Uint8Array): Play {
  const headers = { "content-encoding": "gzip", "content-length": String(bytes.length) };
  return reply(rawResponse(status, headers), bytes);
}

const ZIPPED = await gzip(SUCCESS);
const BOMB = await gzip("{", new Uint8Array(64 * MIB).fill(0x20), "}");
const CRC_OFF = ZIPPED.with(-8, ZIPPED.at(-8)! ^ 0xff);

const LIMIT = { maxResponseBytes: SUCCESS.length };

const network = { error: PrefactorNetworkError, retried: true };
const connectTimeout = {
  error: PrefactorTimeoutError,
  retried: true,
  config: TIMEOUTS,
  facts: CONNECT_TIMEOUT,
};
const requestTimeout = {
  error: PrefactorTimeoutError,
  retried: true,
  config: TIMEOUTS,
  facts: REQUEST_TIMEOUT,
};
const success = { error: null, facts: { status: "success" } };
const contract = { error: PrefactorResponseContractError, facts: { statusCode: 200 } };
const tooLong = { ...contract, says: "maxResponseBytes" };

/** All scenarios. */
export const SCENARIOS: readonly Scenario[] = [
  // the connection
  { name: "a connection closed before the request", play: () => Promise.resolve(), ...network },
  {
    name: "a reset before the request",
    play: (connection) => Promise.resolve(connection.reset()),
    ...network,
    says: "reset",
  },
  {
    name: "a reset in the request",
    async play(connection) {
      await connection.readMore();
      connection.reset();
    },
    ...network,
    says: "reset",
  },
  {
    name: "a reset after the request",
    async play(connection) {
      await connection.request();
      connection.reset();
    },
    ...network,
    says: "reset",
  },
  {
    name: "a reset in the head",
    async play(connection) {
      await connection.request();
      await connection.send("HTTP/1.1 200 OK\r\nx-a: ");
      connection.reset();
    },
    ...network,
  },
  {
    name: "a reset in the body",
    async play(connection) {
      await connection.request();
      await connection.send(rawResponse(200, { "content-length": "100" }, '{"a":'));
      connection.reset();
    },
    ...network,
  },
  { name: "a connection closed after the request", play: reply(), ...network },
  { name: "a connection closed in the head", play: reply("HTTP/1.1 200 OK\r\nx-a: "), ...network },
  { name: "a request that is never read", play: (connection) => connection.gone(), ...connectTimeout },
  { name: "another protocol", play: reply("SSH-2.0-OpenSSH_9.2\r\n"), ...network },
  { name: "a head of random bytes", play: reply(new Uint8Array(512).map((_, n) => n * 89)), ...network },
  {
    name: "an endless head",
    play: endless("HTTP/1.1 200 OK\r\n", `x-a: ${"y".repeat(1_000)}\r\n`),
    ...network,
  },
  // stalls
  { name: "a stall before the head", play: stall(), ...connectTimeout },
  { name: "a stall in the head", play: stall("HTTP/1.1 200 OK\r\nx-a: "), ...connectTimeout },
  {
    name: "a stall before the body",
    play: stall(rawResponse(200, { "content-length": "20" })),
    ...requestTimeout,
  },
  {
    name: "a stall in the body",
    play: stall(rawResponse(200, { "content-length": "20" }, "{")),
    ...requestTimeout,
  },
  {
    name: "a stall between chunks",
    play: stall(rawResponse(200, CHUNKED, chunks(SUCCESS, 7))),
    ...requestTimeout,
  },
  {
    name: "a stall in an error response",
    play: stall(rawResponse(404, { "content-length": "99" }, "{")),
    ...requestTimeout,
  },
  { name: "a slow head", play: drip(rawResponse(200, {}, SUCCESS), 5), ...connectTimeout },
  {
    name: "a slow body",
    play: drip(" ".repeat(1_000), 5, rawResponse(200, { "content-length": "1000" })),
    ...requestTimeout,
  },
  { name: "a slow complete response", play: drip(rawResponse(200, {}, SUCCESS), 1), ...success },
  // the length
  {
    name: "a truncated body",
    play: reply(rawResponse(200, { "content-length": "100" }, '{"status":')),
    ...network,
  },
  {
    name: "a body truncated by one byte",
    play: reply(rawResponse(200, { "content-length": "21" }, SUCCESS)),
    ...network,
  },
  {
    name: "a truncated body of an error response",
    play: reply(rawResponse(404, { "content-length": "99" }, FAILURE)),
    ...network,
  },
  { name: "a missing last chunk", play: reply(rawResponse(200, CHUNKED, chunks(SUCCESS, 7))), ...network },
  { name: "a truncated chunk", play: reply(rawResponse(200, CHUNKED, '14\r\n{"status":')), ...network },
  {
    name: "an invalid chunk length",
    play: reply(rawResponse(200, CHUNKED, "zz\r\n{}\r\n0\r\n\r\n")),
    ...network,
  },
  {
    name: "a content-length that is too short",
    play: reply(rawResponse(200, { "content-length": "5" }, SUCCESS)),
    ...contract,
  },
  {
    name: "a content-length of 0",
    play: reply(rawResponse(200, { "content-length": "0" }, SUCCESS)),
    ...contract,
  },
  {
    name: "a content-length that is not a number",
    play: reply(rawResponse(200, { "content-length": "x" }, SUCCESS)),
    ...network,
  },
  {
    name: "a negative content-length",
    play: reply(rawResponse(200, { "content-length": "-1" }, SUCCESS)),
    ...network,
  },
  { name: "a body without content-length", play: reply(`HTTP/1.0 200 OK\r\n\r\n${SUCCESS}`), ...success },
  {
    name: "a truncated body without content-length",
    play: reply('HTTP/1.0 200 OK\r\n\r\n{"status":'),
    ...contract,
  },
  {
    name: "a chunked body",
    play: reply(rawResponse(200, CHUNKED, `${chunks(SUCCESS, 3)}0\r\n\r\n`)),
    ...success,
  },
  { name: "a body of 10 MB", play: reply(rawResponse(200, {}, LONG)), ...success, facts: LONG_BODY },
  {
    name: "a chunked body of 10 MB",
    play: reply(...LONG_CHUNKS),
    ...success,
    facts: LONG_BODY,
  },
  {
    name: "a body of 10 MB, which is over the limit",
    play: reply(rawResponse(200, {}, LONG)),
    ...tooLong,
    config: { maxResponseBytes: MIB },
  },
  {
    name: "an endless chunked body with a small Content-Length",
    play: endless(rawResponse(200, { ...CHUNKED, "content-length": "20" }), FAST_SPACES),
    ...tooLong,
  },
  { name: "an endless chunked body", play: endless(rawResponse(200, CHUNKED), FAST_SPACES), ...tooLong },
  {
    name: "an endless body without content-length",
    play: endless("HTTP/1.0 200 OK\r\n\r\n", SPACES),
    ...tooLong,
  },
  {
    name: "a body of 1 TB",
    play: endless(rawResponse(200, { "content-length": "1000000000000" }), SPACES),
    ...tooLong,
  },
  {
    name: "an endless error response",
    play: endless(rawResponse(404, CHUNKED), FAST_SPACES),
    ...tooLong,
    facts: { statusCode: 404 },
  },
  {
    name: "an endless error response with a retried status",
    play: endless(rawResponse(503, CHUNKED), FAST_SPACES),
    ...tooLong,
    retried: true,
    facts: { statusCode: 503 },
    config: { maxResponseBytes: MIB },
  },
  {
    name: "an endless redirect",
    play: endless(rawResponse(302, { ...CHUNKED, location: "/y" }), FAST_SPACES),
    error: PrefactorApiError,
    facts: { statusCode: 302, code: "redirect" },
  },
  {
    name: "a body as long as the limit",
    play: reply(rawResponse(200, {}, SUCCESS)),
    ...success,
    config: LIMIT,
  },
  {
    name: "a body one byte over the limit",
    play: reply(rawResponse(200, {}, `${SUCCESS} `)),
    ...tooLong,
    config: LIMIT,
  },
  {
    name: "chunks as long as the limit",
    play: reply(rawResponse(200, CHUNKED, `${chunks(SUCCESS, 3)}0\r\n\r\n`)),
    ...success,
    config: LIMIT,
  },
  {
    name: "chunks one byte over the limit",
    play: reply(rawResponse(200, CHUNKED, `${chunks(SUCCESS, 3)}1\r\n \r\n0\r\n\r\n`)),
    ...tooLong,
    config: LIMIT,
  },
  // the status
  {
    name: "a 100 followed by a 200",
    play: reply("HTTP/1.1 100 Continue\r\n\r\n", rawResponse(200, {}, SUCCESS)),
    ...success,
  },
  {
    name: "a 102 and a 103 followed by a 200",
    play: reply(
      "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n",
      rawResponse(200, {}, SUCCESS),
    ),
    ...success,
  },
  { name: "a 100 followed by nothing", play: stall("HTTP/1.1 100 Continue\r\n\r\n"), ...connectTimeout },
  {
    name: "repeated 100 responses",
    play: stall("HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)),
    ...connectTimeout,
  },
  {
    name: "a 101",
    play: reply("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    ...contract,
    facts: { statusCode: 101 },
  },
  { name: "a 204", play: reply(rawResponse(204)), error: null, facts: {} },
  { name: "a 205", play: reply(rawResponse(205)), error: null, facts: {} },
  {
    name: "a 599",
    play: reply(rawResponse(599, {}, FAILURE)),
    error: PrefactorApiError,
    facts: { statusCode: 599 },
  },
  {
    name: "a 999",
    play: reply(rawResponse(999, {}, FAILURE)),
    error: PrefactorApiError,
    facts: { statusCode: 999 },
  },
  { name: "an invalid status", play: reply("HTTP/1.1 abc OK\r\n\r\n"), ...network },
  // the bytes
  { name: "a gzip body", play: replyGzip(200, ZIPPED), ...success },
  { name: "a truncated gzip body", play: replyGzip(200, ZIPPED.slice(0, -12)), ...network },
  { name: "a gzip body with a wrong checksum", play: replyGzip(200, CRC_OFF), ...network },
  {
    name: "a gzip encoding of plain text",
    play: replyGzip(200, new TextEncoder().encode(SUCCESS)),
    ...network,
  },
  { name: "a gzip bomb", play: replyGzip(200, BOMB), ...tooLong },
  {
    name: "a gzip bomb with a retried status",
    play: replyGzip(503, BOMB),
    ...tooLong,
    retried: true,
    facts: { statusCode: 503 },
    config: { maxResponseBytes: MIB },
  },
  {
    name: "an unknown encoding",
    play: reply(rawResponse(200, { "content-encoding": "x" }, "x".repeat(9))),
    ...contract,
  },
  { name: "a body that is not JSON", play: reply(rawResponse(200, {}, "<html>")), ...contract },
  { name: "an empty body", play: reply(rawResponse(200)), ...contract },
  { name: "UTF-8 with a byte order mark", play: reply(rawResponse(200, {}, `\ufeff${SUCCESS}`)), ...success },
  {
    name: "invalid UTF-8",
    play: reply(rawResponse(200, { "content-length": "9" }), BROKEN_UTF_8),
    ...contract,
  },
  {
    name: "invalid UTF-8 with status 404",
    play: reply(rawResponse(404, { "content-length": "9" }), BROKEN_UTF_8),
    ...contract,
    facts: { statusCode: 404 },
  },
  {
    name: "invalid UTF-8 with status 503",
    play: reply(rawResponse(503, { "content-length": "9" }), BROKEN_UTF_8),
    ...contract,
    retried: true,
    facts: { statusCode: 503 },
  },
];
