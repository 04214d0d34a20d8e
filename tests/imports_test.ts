import { assert, assertEquals, assertFalse } from "@std/assert";

const SRC = new URL("../src/", import.meta.url);

interface Import {
  /** The file under `src` that is imported, or a bare specifier. */
  readonly target: string;
  readonly typeOnly: boolean;
}

interface Source {
  /** The path under `src`. */
  readonly path: string;
  /** The text without comments and strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;
const IMPORT_STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:((?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+))\s+from\s+)?"([^"]+)"/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*("([^"]+)")?/g;

/** Whether each name between the braces is imported as a type. */
function areTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}$/.exec(clause)?.[1]?.split(",").map((name) => name.trim()).filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith("type "));
}

function importsOf(path: string, text: string): Import[] {
  const withoutComments = text.replace(
    COMMENT_OR_STRING,
    (match) => match.startsWith("/") ? match.replace(/[^\n]/g, "") : match,
  );
  const resolve = (specifier: string) =>
    specifier.startsWith(".") ? new URL(specifier, new URL(path, SRC)).href.replace(SRC.href, "") : specifier;
  return [
    ...[...withoutComments.matchAll(IMPORT_STATEMENT)].map(([, type, clause, specifier]) => ({
      target: resolve(specifier!),
      typeOnly: type !== undefined || areTypes(clause ?? ""),
    })),
    ...[...withoutComments.matchAll(DYNAMIC_IMPORT)].map(([, , specifier]) => ({
      target: resolve(specifier ?? "an expression"),
      typeOnly: false,
    })),
  ];
}

async function* readSources(folder = ""): AsyncGenerator<Source> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, SRC))) {
    const path = folder + name;
    if (isDirectory) {
      yield* readSources(`${path}/`);
    } else if (name.endsWith(".ts")) {
      const text = await Deno.readTextFile(new URL(path, SRC));
      yield { path, code: text.replace(COMMENT_OR_STRING, '""'), imports: importsOf(path, text) };
    }
  }
}

const SOURCES = await Array.fromAsync(readSources());

/** A row of the table: who (the first row whose pattern fits a file), and what it may import. */
interface Row {
  readonly who: RegExp;
  /** What it may import in full. */
  readonly values: RegExp;
  /** What it may import as types beside that. */
  readonly types?: RegExp;
}

const NOTHING = /^(?!)/;
/** What stands directly in `src`, but for the client. */
const PLUMBING = /^(?!client\.ts$)[^/]+\.ts$/;

const TABLE: readonly Row[] = [
  { who: /^(?:guards|version|retry_after|errors|concurrency)\.ts$/, values: NOTHING },
  { who: /^http_requester\.ts$/, values: NOTHING, types: /^models\// },
  { who: /^models\/(?:common|data_risk)\.ts$/, values: /^guards\.ts$/ },
  { who: /^models\//, values: /^(?:guards|models\/(?:common|data_risk))\.ts$/ },
  {
    who: /^endpoints\//,
    values: /^(?:models\/\w+|endpoints\/endpoint|guards|idempotency|errors)\.ts$/,
    types: /^http_requester\.ts$/,
  },
  {
    who: /^testing\//,
    values: /^(?:models\/\w+|guards|testing\/\w+)\.ts$/,
    types: /^(?!endpoints\/)/,
  },
  {
    who: /^client\.ts$/,
    values: /^(?:[^/]+\.ts|endpoints\/(?:agent_instances|agent_spans|bulk)\.ts)$/,
    types: /^models\//,
  },
  {
    who: /^retry\.ts$/,
    values: /^(?:@std\/async\/(?:delay|retry)|(?!client\.ts$)[^/@]+\.ts)$/,
    types: /^models\//,
  },
  { who: PLUMBING, values: PLUMBING, types: /^models\// },
];

/** Every import that the table does not allow. */
function breaches({ path, imports }: Source): string[] {
  const row = TABLE.find(({ who }) => who.test(path));
  if (!row) return [`${path} has no row`];
  return imports
    .filter(({ target, typeOnly }) => !row.values.test(target) && !(typeOnly && row.types?.test(target)))
    .map(({ target, typeOnly }) => `${path} imports ${typeOnly ? "the types of " : ""}${target}`);
}

/** Every place in the code that fits the pattern. */
function places(pattern: RegExp): string[] {
  return SOURCES.flatMap(({ path, code }) =>
    [...code.matchAll(pattern)].map(([match]) => `${path}: ${match}`)
  );
}

Deno.test("importsOf() sees every form of import", () => {
  const text = `
// import { a } from "./comment.ts";
import "./bare.ts";
import type { B } from "./type.ts";
import { type C, type D } from "./types.ts";
import {
  type E,
  f,
} from "../mixed.ts";
import * as g from "@std/async";
export { h } from "./reexport.ts";
export type { I } from "./reexported_type.ts";
export * from "./all.ts";
export const K = "./constant.ts";
export type L = "./literal.ts";
const text = "import './string.ts'";
const j = await import("./dynamic.ts");
`;
  assertEquals(importsOf("testing/x.ts", text), [
    { target: "testing/bare.ts", typeOnly: false },
    { target: "testing/type.ts", typeOnly: true },
    { target: "testing/types.ts", typeOnly: true },
    { target: "mixed.ts", typeOnly: false },
    { target: "@std/async", typeOnly: false },
    { target: "testing/reexport.ts", typeOnly: false },
    { target: "testing/reexported_type.ts", typeOnly: true },
    { target: "testing/all.ts", typeOnly: false },
    { target: "testing/dynamic.ts", typeOnly: false },
  ]);
});

Deno.test("breaches() tells what the table does not allow", () => {
  const table: [path: string, imports: Import[], breaches: string[]][] = [
    ["guards.ts", [{ target: "errors.ts", typeOnly: true }], ["guards.ts imports the types of errors.ts"]],
    ["transport.ts", [{ target: "models/common.ts", typeOnly: true }], []],
    ["transport.ts", [{ target: "models/common.ts", typeOnly: false }], [
      "transport.ts imports models/common.ts",
    ]],
    ["retry.ts", [{ target: "models/bulk.ts", typeOnly: false }], ["retry.ts imports models/bulk.ts"]],
    ["endpoints/bulk.ts", [{ target: "http_requester.ts", typeOnly: true }], []],
    ["endpoints/bulk.ts", [{ target: "transport.ts", typeOnly: true }], [
      "endpoints/bulk.ts imports the types of transport.ts",
    ]],
    ["endpoints/bulk.ts", [{ target: "retry.ts", typeOnly: false }], ["endpoints/bulk.ts imports retry.ts"]],
    ["models/bulk.ts", [{ target: "models/agent_span.ts", typeOnly: true }], [
      "models/bulk.ts imports the types of models/agent_span.ts",
    ]],
    ["request.ts", [{ target: "endpoints/endpoint.ts", typeOnly: true }], [
      "request.ts imports the types of endpoints/endpoint.ts",
    ]],
    ["client.ts", [{ target: "testing/sandbox.ts", typeOnly: true }], [
      "client.ts imports the types of testing/sandbox.ts",
    ]],
    ["testing/routes.ts", [{ target: "errors.ts", typeOnly: false }], [
      "testing/routes.ts imports errors.ts",
    ]],
    ["testing/sandbox.ts", [{ target: "config.ts", typeOnly: true }], []],
    ["config.ts", [{ target: "npm:zod", typeOnly: false }], ["config.ts imports npm:zod"]],
    ["new/part.ts", [], ["new/part.ts has no row"]],
  ];
  for (const [path, imports, expected] of table) {
    assertEquals(breaches({ path, code: "", imports }), expected);
  }
});

Deno.test("src holds the table of imports", () => {
  assert(SOURCES.length > 25);
  assertEquals(SOURCES.flatMap(breaches), []);
});

Deno.test("http_requester.ts holds types only", () => {
  const source = SOURCES.find(({ path }) => path === "http_requester.ts");
  assert(source);
  assertFalse(/^(?:export\s+)?(?:const|let|var|function|async|class|enum)\b/m.test(source.code));
});

Deno.test("src imports no module of npm, Node or the web", () => {
  const specifiers = SOURCES.flatMap(({ path, imports }) =>
    imports.filter(({ target }) => /^[a-z]+:/i.test(target)).map(({ target }) => `${path}: ${target}`)
  );
  assertEquals(specifiers, []);
});

Deno.test("src does without the using statement", () => {
  assertEquals(places(/\busing\s+[\w$]+\s*=/g), []);
});

Deno.test("src does without what Node 20 has not", () => {
  const names = [
    String.raw`Promise\.(?:withResolvers|try)`,
    String.raw`Array\.fromAsync`,
    String.raw`(?:Object|Map)\.groupBy`,
    String.raw`URL\.parse`,
    String.raw`RegExp\.escape`,
    String.raw`Error\.isError`,
    String.raw`Iterator\.from`,
    String.raw`Uint8Array\.from(?:Base64|Hex)`,
    String.raw`\.(?:toBase64|toHex|setFromBase64|setFromHex)\(`,
    String.raw`\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(`,
    String
      .raw`\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|take|drop|flatMap|reduce|toArray|some|every|find)\(`,
    String
      .raw`new (?:WebSocket|EventSource|CloseEvent|SuppressedError|DisposableStack|AsyncDisposableStack)\b`,
    String.raw`\bimport\.meta\.main`,
  ];
  assertEquals(places(new RegExp(names.join("|"), "g")).filter((place) => !isServer(place)), []);
});

Deno.test("src arms no timer that outlives its request, and joins no signals", () => {
  assertEquals(places(/AbortSignal\.(?:timeout|any)\b/g), []);
});

Deno.test("nothing but the transport touches fetch", () => {
  const users = places(/\b(?:globalThis\.fetch\b|(?<![.\w])fetch\()/g).map((place) => place.split(":")[0]);
  const allowed = /^(?:transport\.ts|testing\/)/;
  assertEquals(users.filter((path) => !allowed.test(path!)), []);
  assert(users.includes("transport.ts"));
});

/** Whether the place is in the runnable server, which has to know that it was started. */
function isServer(place: string): boolean {
  return place.startsWith("testing/server.ts: import.meta.main");
}
