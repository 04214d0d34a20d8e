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

/** Whether every name in the braces is imported as a type. */
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

/** The imports that a folder of `src`, or a file directly in `src`, may have. A folder may always import itself. */
interface Row {
  /** Files and folders that may be imported. Folders end in a slash. */
  readonly values: readonly string[];
  /** Files and folders from which only types may be imported. */
  readonly types?: readonly string[];
}

const TABLE: Readonly<Record<string, Row>> = {
  "guards.ts": { values: [] },
  "version.ts": { values: [] },
  "dense_set.ts": { values: [] },
  "abort_signals.ts": { values: ["dense_set.ts"] },
  "raw_json.ts": { values: [] },
  "idempotency.ts": { values: [] },
  "hooks.ts": { values: [] },
  "bounded_map.ts": { values: [] },
  "control.ts": {
    values: ["bounded_map.ts", "errors/", "hooks.ts"],
    types: ["http_requester.ts", "redaction.ts"],
  },
  "pending_call.ts": { values: ["abort_signals.ts"], types: ["transport/"] },
  "redaction.ts": { values: ["guards.ts"] },
  "http_requester.ts": { values: [], types: ["models/"] },
  "errors/": { values: ["guards.ts"], types: ["models/"] },
  "pfid.ts": { values: ["arguments.ts", "errors/"] },
  "environment.ts": { values: ["errors/", "version.ts"], types: ["models/"] },
  "arguments.ts": { values: ["errors/", "guards.ts"] },
  "config.ts": {
    values: ["arguments.ts", "guards.ts", "hooks.ts", "idempotency.ts", "redaction.ts", "version.ts"],
  },
  "models/": { values: ["guards.ts"] },
  "admin/": { values: ["endpoints/", "guards.ts", "models/"], types: ["http_requester.ts"] },
  "endpoints/": {
    values: ["arguments.ts", "errors/", "guards.ts", "idempotency.ts", "models/"],
    types: ["http_requester.ts"],
  },
  "bulk/": {
    values: [
      "abort_signals.ts",
      "arguments.ts",
      "endpoints/",
      "errors/",
      "guards.ts",
      "idempotency.ts",
      "models/",
      "raw_json.ts",
      "redaction.ts",
    ],
    types: ["http_requester.ts"],
  },
  "recorder/": {
    values: [
      "abort_signals.ts",
      "arguments.ts",
      "bulk/",
      "environment.ts",
      "errors/",
      "guards.ts",
      "models/",
      "pfid.ts",
      "redaction.ts",
    ],
    types: ["client.ts", "http_requester.ts"],
  },
  "retry/": {
    values: ["@std/async/delay", "@std/async/retry", "arguments.ts", "config.ts", "errors/", "redaction.ts"],
  },
  "transport/": {
    values: [
      "arguments.ts",
      "dense_set.ts",
      "environment.ts",
      "errors/",
      "guards.ts",
      "hooks.ts",
      "idempotency.ts",
      "raw_json.ts",
      "redaction.ts",
    ],
    types: ["config.ts", "http_requester.ts", "models/", "pending_call.ts"],
  },
  "dispatcher.ts": {
    values: ["dense_set.ts", "errors/", "pending_call.ts", "retry/", "transport/"],
    types: ["config.ts", "http_requester.ts"],
  },
  "client.ts": {
    values: [
      "arguments.ts",
      "bulk/",
      "config.ts",
      "control.ts",
      "dispatcher.ts",
      "endpoints/",
      "environment.ts",
      "guards.ts",
      "idempotency.ts",
    ],
    types: ["http_requester.ts", "models/"],
  },
  "testing/": {
    values: ["admin/models/", "arguments.ts", "guards.ts", "models/", "pfid.ts"],
    types: ["config.ts"],
  },
};

/** Returns the row of a file: the row of its folder, or its own if the file is directly in `src`. */
function rowOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path;
}

/** Returns a description of every import that the table does not allow. */
function breaches({ path, imports }: Pick<Source, "path" | "imports">): string[] {
  const row = TABLE[rowOf(path)];
  if (!row) return [`${path} has no row`];
  const own = path.includes("/") ? [rowOf(path)] : [];
  const isIn = (target: string, allowed: readonly string[]) =>
    allowed.some((entry) => entry.endsWith("/") ? target.startsWith(entry) : target === entry);
  return imports
    .filter(({ target, typeOnly }) =>
      !isIn(target, [...own, ...row.values]) && !(typeOnly && isIn(target, row.types ?? []))
    )
    .map(({ target, typeOnly }) => `${path} imports ${typeOnly ? "the types of " : ""}${target}`);
}

/** Returns every match of the pattern in the code. */
function places(pattern: RegExp): string[] {
  return SOURCES.flatMap(({ path, code }) =>
    [...code.matchAll(pattern)].map(([match]) => `${path}: ${match}`)
  );
}

Deno.test("importsOf() finds every form of import", () => {
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

Deno.test("breaches() names every import that the table does not allow", () => {
  const value = (target: string): Import => ({ target, typeOnly: false });
  const type = (target: string): Import => ({ target, typeOnly: true });
  const table: [path: string, allowed: Import[], refused: Import][] = [
    ["guards.ts", [], type("errors/errors.ts")],
    ["dense_set.ts", [], value("transport/transport.ts")],
    ["redaction.ts", [value("guards.ts")], value("retry/retry_handler.ts")],
    ["idempotency.ts", [], value("transport/request.ts")],
    ["config.ts", [value("hooks.ts")], value("environment.ts")],
    ["config.ts", [], value("npm:zod")],
    ["retry/retry_handler.ts", [value("@std/async/retry")], value("transport/transport.ts")],
    ["transport/transport.ts", [type("models/common.ts")], value("models/common.ts")],
    ["transport/request.ts", [value("transport/semaphore.ts")], type("endpoints/operation.ts")],
    ["endpoints/agents.ts", [type("http_requester.ts")], value("retry/retry_handler.ts")],
    ["endpoints/agents.ts", [], type("transport/transport.ts")],
    ["bulk/bulk_client.ts", [value("endpoints/operation.ts")], type("dispatcher.ts")],
    ["models/bulk.ts", [value("models/common.ts")], type("endpoints/operation.ts")],
    ["client.ts", [], type("testing/sandbox.ts")],
    ["client.ts", [], value("admin/teams.ts")],
    ["admin/teams.ts", [value("endpoints/operation.ts")], value("client.ts")],
    ["testing/routes.ts", [type("config.ts")], value("config.ts")],
  ];
  for (const [path, allowed, refused] of table) {
    assertEquals(breaches({ path, imports: [...allowed, refused] }), [
      `${path} imports ${refused.typeOnly ? "the types of " : ""}${refused.target}`,
    ]);
  }
  assertEquals(breaches({ path: "new/part.ts", imports: [] }), ["new/part.ts has no row"]);
});

Deno.test("src has only the imports in the table", () => {
  assert(SOURCES.length > 25);
  assertEquals(SOURCES.flatMap(breaches), []);
});

Deno.test("every row of the table belongs to a file or folder of src", () => {
  const rows = new Set(SOURCES.map(({ path }) => rowOf(path)));
  assertEquals(Object.keys(TABLE).filter((row) => !rows.has(row)), []);
});

Deno.test("no file of src imports itself through others, not even their types", () => {
  const importsByPath = new Map(
    SOURCES.map(({ path, imports }) => [path, imports.map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(path: string, trail: readonly string[]): void {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (trail.includes(path) || done.has(path)) return;
    for (const target of importsByPath.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  }
  for (const { path } of SOURCES) visit(path, []);
  assertEquals(circles, []);
});

Deno.test("http_requester.ts contains only types", () => {
  const source = SOURCES.find(({ path }) => path === "http_requester.ts");
  assert(source);
  assertFalse(/^(?:export\s+)?(?:const|let|var|function|async|class|enum)\b/m.test(source.code));
});

Deno.test("src imports no module from npm, Node or the web", () => {
  const specifiers = SOURCES.flatMap(({ path, imports }) =>
    imports.filter(({ target }) => /^[a-z]+:/i.test(target)).map(({ target }) => `${path}: ${target}`)
  );
  assertEquals(specifiers, []);
});

Deno.test("src does not contain the using statement", () => {
  assertEquals(places(/\busing\s+[\w$]+\s*=/g), []);
});

Deno.test("src uses no feature that Node 20 lacks", () => {
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

Deno.test("src does not use AbortSignal.timeout or AbortSignal.any", () => {
  assertEquals(places(/AbortSignal\.(?:timeout|any)\b/g), []);
});

Deno.test("only the transport calls fetch", () => {
  const users = places(/\b(?:globalThis\.fetch\b|(?<![.\w])fetch\()/g).map((place) => place.split(":")[0]);
  const allowed = /^(?:transport|testing)\//;
  assertEquals(users.filter((path) => !allowed.test(path!)), []);
  assert(users.includes("transport/sender.ts"));
});

/** Whether the match is in the runnable server, which checks whether it is the main module. */
function isServer(place: string): boolean {
  return place.startsWith("testing/server.ts: import.meta.main");
}
