/**
 * What can go wrong with an answer on its way, and what the client makes of it.
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
import { answer, drip, endless, FAILURE, type Play, reply, stall, SUCCESS } from "./raw_server.ts";

/** One row of the table. */
export interface Scenario {
  readonly name: string;
  readonly play: Play;
  /** The class of each attempt's error; `null` for a success. */
  readonly error: (new (...args: never[]) => Error) | null;
  /** Whether the client tries again. */
  readonly retried?: boolean;
  /** What else is on the error, or in the answer of a success. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** A part of the error's message, or of its cause's. */
  readonly says?: string;
  readonly config?: Partial<HttpClientConfig>;
}

const CHUNKED = { "transfer-encoding": "chunked" };
const TIMEOUTS = { connectTimeout: 60, requestTimeout: 120 };
const CONNECT_TIMEOUT = { phase: "connect", timeout: TIMEOUTS.connectTimeout };
const REQUEST_TIMEOUT = { phase: "request", timeout: TIMEOUTS.requestTimeout };
const MIB = 2 ** 20;
/** An answer of 10 MB. */
const LONG_ANSWER = { status: "success", text: "é→".repeat(2_000_000) };
const LONG = JSON.stringify(LONG_ANSWER);
const SPACES = new Uint8Array(64 * 1024).fill(0x20);
const FAST_SPACES = chunkOf(SPACES);
/** `{"n":"�"}` with a byte in it that no UTF-8 has. */
const BROKEN_UTF_8 = new Uint8Array([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);

function chunkOf(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  return new Uint8Array([...head, ...bytes, 0x0d, 0x0a]);
}

/** The text in chunks of so many characters, without the last, empty one. */
function chunks(text: string, size: number): string {
  const parts = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
  return parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
}

const LONG_CHUNKS = [answer(200, CHUNKED), chunkOf(new TextEncoder().encode(LONG)), "0\r\n\r\n"];

async function gzip(...parts: (string | Uint8Array<ArrayBuffer>)[]): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

function replyGzip(status: number, bytes: Uint8Array): Play {
  const headers = { "content-encoding": "gzip", "content-length": String(bytes.length) };
  return reply(answer(status, headers), bytes);
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

/** The table. */
export const SCENARIOS: readonly Scenario[] = [
  // the connection
  { name: "closed before the request", play: () => Promise.resolve(), ...network },
  {
    name: "reset before the request",
    play: (connection) => Promise.resolve(connection.reset()),
    ...network,
    says: "reset",
  },
  {
    name: "reset in the request",
    async play(connection) {
      await connection.readMore();
      connection.reset();
    },
    ...network,
    says: "reset",
  },
  {
    name: "reset after the request",
    async play(connection) {
      await connection.request();
      connection.reset();
    },
    ...network,
    says: "reset",
  },
  {
    name: "reset in the head",
    async play(connection) {
      await connection.request();
      await connection.send("HTTP/1.1 200 OK\r\nx-a: ");
      connection.reset();
    },
    ...network,
  },
  {
    name: "reset in the body",
    async play(connection) {
      await connection.request();
      await connection.send(answer(200, { "content-length": "100" }, '{"a":'));
      connection.reset();
    },
    ...network,
  },
  { name: "closed after the request", play: reply(), ...network },
  { name: "closed in the head", play: reply("HTTP/1.1 200 OK\r\nx-a: "), ...network },
  { name: "never read", play: (connection) => connection.gone(), ...connectTimeout },
  { name: "another protocol", play: reply("SSH-2.0-OpenSSH_9.2\r\n"), ...network },
  { name: "a head of noise", play: reply(new Uint8Array(512).map((_, n) => n * 89)), ...network },
  {
    name: "an endless head",
    play: endless("HTTP/1.1 200 OK\r\n", `x-a: ${"y".repeat(1_000)}\r\n`),
    ...network,
  },
  // stalls
  { name: "stall before the head", play: stall(), ...connectTimeout },
  { name: "stall in the head", play: stall("HTTP/1.1 200 OK\r\nx-a: "), ...connectTimeout },
  { name: "stall before the body", play: stall(answer(200, { "content-length": "20" })), ...requestTimeout },
  { name: "stall in the body", play: stall(answer(200, { "content-length": "20" }, "{")), ...requestTimeout },
  { name: "stall between chunks", play: stall(answer(200, CHUNKED, chunks(SUCCESS, 7))), ...requestTimeout },
  { name: "stall in an error", play: stall(answer(404, { "content-length": "99" }, "{")), ...requestTimeout },
  { name: "drip in the head", play: drip(answer(200, {}, SUCCESS), 5), ...connectTimeout },
  {
    name: "drip in the body",
    play: drip(" ".repeat(1_000), 5, answer(200, { "content-length": "1000" })),
    ...requestTimeout,
  },
  { name: "drip of a whole answer", play: drip(answer(200, {}, SUCCESS), 1), ...success },
  // the length
  { name: "cut body", play: reply(answer(200, { "content-length": "100" }, '{"status":')), ...network },
  { name: "cut body, one byte", play: reply(answer(200, { "content-length": "21" }, SUCCESS)), ...network },
  { name: "cut body of an error", play: reply(answer(404, { "content-length": "99" }, FAILURE)), ...network },
  { name: "cut chunks", play: reply(answer(200, CHUNKED, chunks(SUCCESS, 7))), ...network },
  { name: "cut in a chunk", play: reply(answer(200, CHUNKED, '14\r\n{"status":')), ...network },
  { name: "no chunk length", play: reply(answer(200, CHUNKED, "zz\r\n{}\r\n0\r\n\r\n")), ...network },
  { name: "length too short", play: reply(answer(200, { "content-length": "5" }, SUCCESS)), ...contract },
  { name: "length 0", play: reply(answer(200, { "content-length": "0" }, SUCCESS)), ...contract },
  { name: "length that is none", play: reply(answer(200, { "content-length": "x" }, SUCCESS)), ...network },
  { name: "length below 0", play: reply(answer(200, { "content-length": "-1" }, SUCCESS)), ...network },
  { name: "no length", play: reply(`HTTP/1.0 200 OK\r\n\r\n${SUCCESS}`), ...success },
  { name: "no length, cut", play: reply('HTTP/1.0 200 OK\r\n\r\n{"status":'), ...contract },
  { name: "chunked", play: reply(answer(200, CHUNKED, `${chunks(SUCCESS, 3)}0\r\n\r\n`)), ...success },
  { name: "10 MB", play: reply(answer(200, {}, LONG)), ...success, facts: LONG_ANSWER },
  {
    name: "10 MB, chunked",
    play: reply(...LONG_CHUNKS),
    ...success,
    facts: LONG_ANSWER,
  },
  {
    name: "10 MB, over the limit",
    play: reply(answer(200, {}, LONG)),
    ...tooLong,
    config: { maxResponseBytes: MIB },
  },
  { name: "endless, chunked", play: endless(answer(200, CHUNKED), FAST_SPACES), ...tooLong },
  { name: "endless, no length", play: endless("HTTP/1.0 200 OK\r\n\r\n", SPACES), ...tooLong },
  {
    name: "endless, 1 TB",
    play: endless(answer(200, { "content-length": "1000000000000" }), SPACES),
    ...tooLong,
  },
  {
    name: "endless error",
    play: endless(answer(404, CHUNKED), FAST_SPACES),
    ...tooLong,
    facts: { statusCode: 404 },
  },
  {
    name: "endless error worth a retry",
    play: endless(answer(503, CHUNKED), FAST_SPACES),
    ...tooLong,
    retried: true,
    facts: { statusCode: 503 },
    config: { maxResponseBytes: MIB },
  },
  {
    name: "endless redirect",
    play: endless(answer(302, { ...CHUNKED, location: "/y" }), FAST_SPACES),
    error: PrefactorApiError,
    facts: { statusCode: 302, code: "redirect" },
  },
  { name: "as long as the limit", play: reply(answer(200, {}, SUCCESS)), ...success, config: LIMIT },
  { name: "a byte over the limit", play: reply(answer(200, {}, `${SUCCESS} `)), ...tooLong, config: LIMIT },
  {
    name: "chunks as long as the limit",
    play: reply(answer(200, CHUNKED, `${chunks(SUCCESS, 3)}0\r\n\r\n`)),
    ...success,
    config: LIMIT,
  },
  {
    name: "chunks a byte over the limit",
    play: reply(answer(200, CHUNKED, `${chunks(SUCCESS, 3)}1\r\n \r\n0\r\n\r\n`)),
    ...tooLong,
    config: LIMIT,
  },
  // the status
  {
    name: "100, then 200",
    play: reply("HTTP/1.1 100 Continue\r\n\r\n", answer(200, {}, SUCCESS)),
    ...success,
  },
  {
    name: "102 and 103, then 200",
    play: reply(
      "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n",
      answer(200, {}, SUCCESS),
    ),
    ...success,
  },
  { name: "100, then nothing", play: stall("HTTP/1.1 100 Continue\r\n\r\n"), ...connectTimeout },
  {
    name: "100 again and again",
    play: stall("HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)),
    ...connectTimeout,
  },
  {
    name: "101",
    play: reply("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    ...contract,
    facts: { statusCode: 101 },
  },
  { name: "204", play: reply(answer(204)), error: null, facts: {} },
  { name: "205", play: reply(answer(205)), error: null, facts: {} },
  {
    name: "599",
    play: reply(answer(599, {}, FAILURE)),
    error: PrefactorApiError,
    facts: { statusCode: 599 },
  },
  {
    name: "999",
    play: reply(answer(999, {}, FAILURE)),
    error: PrefactorApiError,
    facts: { statusCode: 999 },
  },
  { name: "no status", play: reply("HTTP/1.1 abc OK\r\n\r\n"), ...network },
  // the bytes
  { name: "gzip", play: replyGzip(200, ZIPPED), ...success },
  { name: "gzip, cut", play: replyGzip(200, ZIPPED.slice(0, -12)), ...network },
  { name: "gzip, wrong checksum", play: replyGzip(200, CRC_OFF), ...network },
  { name: "gzip that is none", play: replyGzip(200, new TextEncoder().encode(SUCCESS)), ...network },
  { name: "gzip bomb", play: replyGzip(200, BOMB), ...tooLong },
  {
    name: "gzip bomb worth a retry",
    play: replyGzip(503, BOMB),
    ...tooLong,
    retried: true,
    facts: { statusCode: 503 },
    config: { maxResponseBytes: MIB },
  },
  {
    name: "an unknown encoding",
    play: reply(answer(200, { "content-encoding": "x" }, "x".repeat(9))),
    ...contract,
  },
  { name: "no JSON", play: reply(answer(200, {}, "<html>")), ...contract },
  { name: "no body", play: reply(answer(200)), ...contract },
  { name: "UTF-8 with its mark", play: reply(answer(200, {}, `\ufeff${SUCCESS}`)), ...success },
  { name: "invalid UTF-8", play: reply(answer(200, { "content-length": "9" }), BROKEN_UTF_8), ...contract },
  {
    name: "invalid UTF-8, 404",
    play: reply(answer(404, { "content-length": "9" }), BROKEN_UTF_8),
    ...contract,
    facts: { statusCode: 404 },
  },
  {
    name: "invalid UTF-8, 503",
    play: reply(answer(503, { "content-length": "9" }), BROKEN_UTF_8),
    ...contract,
    retried: true,
    facts: { statusCode: 503 },
  },
];
