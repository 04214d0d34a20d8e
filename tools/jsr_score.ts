/**
 * Prints the criteria of the jsr.io score that the repository can meet, and the files of the package. Exits with 1 if a
 * criterion is not met.
 *
 * Usage: `deno run -A tools/jsr_score.ts`
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);
const DENO = Deno.execPath();
const decoder = new TextDecoder();

interface Criterion {
  name: string;
  figure: string;
  isMet: boolean;
  /** What is missing, one line each. */
  problems?: string[];
}

/** The part of the output of `deno doc --json` that this tool reads. */
interface Documented {
  name?: string;
  jsDoc?: { doc?: string; tags?: { kind: string; doc?: string }[] };
  location?: { filename: string; line: number };
  accessibility?: string;
  declarationKind?: string;
  kind?: string;
  def?: { [part: string]: unknown };
  params?: Documented[];
}
interface ModuleDocumentation {
  module_doc?: Documented["jsDoc"];
  symbols: { name: string; declarations: Documented[] }[];
}

const entryPoints = Object.entries(config.exports);
const files = await packageFiles(config.publish.include);
const documentation = await documentationOf(entryPoints.map(([, path]) => path));
const criteria = [
  await readme(),
  ...entryPointDocumentation(),
  ...symbolDocumentation(),
  await slowTypes(),
  await licence(),
  await provenance(),
];

for (const { name, figure, isMet, problems = [] } of criteria) {
  console.log(`${isMet ? "✓" : "✗"} ${name}: ${figure}`);
  for (const problem of problems) console.log(`    ${problem}`);
}
console.log("- Description and supported runtimes: in the settings of the package at jsr.io");

const size = files.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(`\n${files.length} files, ${kilobytes(size)}:`);
for (const { path, bytes } of files) console.log(`  ${kilobytes(bytes).padStart(8)}  ${path}`);

const unmet = criteria.filter(({ isMet }) => !isMet);
console.log(`\n${criteria.length - unmet.length} of ${criteria.length} criteria met`);
if (unmet.length > 0) Deno.exitCode = 1;

async function readme(): Promise<Criterion> {
  const text = await textOf("README.md");
  const examples = text.match(/^```(?:ts|js)\b/gm)?.length ?? 0;
  const isIncluded = files.some(({ path }) => path === "README.md");
  return {
    name: "README with examples",
    figure: `${examples} examples${isIncluded ? "" : ", but it is not in the package"}`,
    isMet: isIncluded && examples > 0,
  };
}

function entryPointDocumentation(): Criterion[] {
  const all = entryPoints.map(([name, path]) => {
    const { module_doc: jsDoc } = documentation[new URL(path, ROOT).href] ?? {};
    const text = [jsDoc?.doc, ...(jsDoc?.tags ?? []).map(({ doc }) => doc)].join("\n");
    return { name, isDescribed: Boolean(jsDoc?.doc?.trim()), hasExample: /^```(?:ts|js|sh)\b/m.test(text) };
  });
  return (["isDescribed", "hasExample"] as const).map((field) => {
    const problems = all.filter((entry) => !entry[field]).map(({ name }) => name);
    return {
      name: field === "isDescribed"
        ? "Entry points with module documentation"
        : "Entry points with an example",
      figure: `${all.length - problems.length} of ${all.length}`,
      isMet: problems.length === 0,
      problems,
    };
  });
}

function symbolDocumentation(): Criterion[] {
  const symbols = new Map<string, boolean>();
  const members = new Map<string, boolean>();
  for (const { symbols: exported } of Object.values(documentation)) {
    for (const { name, declarations } of exported) {
      for (const declaration of declarations) {
        symbols.set(placeOf(name, declaration), isDescribed(declaration));
        for (const [member, isMemberDescribed] of membersOf(name, declaration)) {
          members.set(member, isMemberDescribed);
        }
      }
    }
  }
  return [["Exported symbols documented", symbols] as const, ["Their members documented", members] as const]
    .map(([name, counted]) => {
      const problems = [...counted].filter(([, described]) => !described).map(([place]) => place);
      const percent = (counted.size - problems.length) / counted.size * 100;
      const figure = `${counted.size - problems.length} of ${counted.size}, ${percent.toFixed(1)} %`;
      return { name, figure, isMet: counted.size > 0 && problems.length === 0, problems };
    });
}

/** Lists the public members of a class, an interface or an object type, and whether each is documented. */
function* membersOf(owner: string, { def, kind }: Documented): Generator<[string, boolean]> {
  const parts = kind === "typeAlias" ? objectTypes(def?.["tsType"]) : [def ?? {}];
  for (const part of parts) {
    for (const group of ["constructors", "properties", "methods", "indexSignatures", "callSignatures"]) {
      for (const member of (part[group] ?? []) as Documented[]) {
        if (member.accessibility === "private") continue;
        const name = member.name ?? (group === "indexSignatures" ? "[index]" : "()");
        yield [placeOf(`${owner}.${name}`, member), isDescribed(member)];
      }
    }
  }
}

/** Returns the definition of an object type, the only kind of alias whose members need documentation. */
function objectTypes(type: unknown): { [part: string]: unknown }[] {
  const { kind, value } = (type ?? {}) as { kind?: string; value?: { [part: string]: unknown } };
  return kind === "typeLiteral" && value ? [value] : [];
}

function isDescribed({ jsDoc }: Documented): boolean {
  return Boolean(jsDoc?.doc?.trim());
}

function placeOf(name: string, { location }: Documented): string {
  return location ? `${name} (${location.filename.replace(ROOT.href, "")}:${location.line})` : name;
}

async function slowTypes(): Promise<Criterion> {
  const stdout = await deno(["lint", "--json", "--rules-include=no-slow-types", "mod.ts", "src"]);
  const { diagnostics = [], errors = [] }: { diagnostics?: LintDiagnostic[]; errors?: unknown[] } = JSON
    .parse(
      stdout,
    );
  const slow = diagnostics.filter(({ code }) => code === "no-slow-types");
  const problems = slow.map(({ filename, range, message }) =>
    `${filename.replace(ROOT.href, "")}:${range.start.line}: ${message}`
  );
  return {
    name: "Slow types",
    figure: errors.length > 0 ? `not known: ${JSON.stringify(errors)}` : `${problems.length || "none"}`,
    isMet: problems.length === 0 && errors.length === 0,
    problems,
  };
}
interface LintDiagnostic {
  code: string;
  filename: string;
  range: { start: { line: number } };
  message: string;
}

async function licence(): Promise<Criterion> {
  const [firstLine = ""] = (await textOf("LICENSE")).split("\n");
  const isIncluded = files.some(({ path }) => path === "LICENSE");
  return {
    name: "Licence",
    figure: `${config.license || "none named"}, ${
      isIncluded ? `LICENSE: ${firstLine}` : "no LICENSE in the package"
    }`,
    isMet: Boolean(config.license) && isIncluded && firstLine.includes(config.license),
  };
}

/** Checks that publish.yml publishes after all checks, with the identity token that provenance needs. */
async function provenance(): Promise<Criterion> {
  const publish = await textOf(".github/workflows/publish.yml");
  const ci = await textOf(".github/workflows/ci.yml");
  const conditions: [problem: string, holds: boolean][] = [
    ["publish.yml requests no identity token", /^\s+id-token: write\b/m.test(publish)],
    ["publish.yml does not publish", /^\s+run: npx .*\bpublish$/m.test(publish)],
    ["publish.yml does not wait for ci.yml", /^\s+needs: check$/m.test(publish)],
    ["publish.yml does not call ci.yml", /^\s+uses: \.\/\.github\/workflows\/ci\.yml$/m.test(publish)],
    ["ci.yml does not run .ci/run", /^\s+- run: \.ci\/run$/m.test(ci)],
  ];
  const problems = conditions.filter(([, holds]) => !holds).map(([problem]) => problem);
  return {
    name: "Provenance",
    figure: problems.length === 0 ? "publish.yml, with OIDC, after every check" : "not set up",
    isMet: problems.length === 0,
    problems,
  };
}

async function documentationOf(paths: string[]): Promise<Record<string, ModuleDocumentation>> {
  const stdout = await deno(["run", "-A", "tools/with_std.ts", "doc", "--json", ...paths]);
  const { version, nodes } = JSON.parse(stdout);
  if (version !== 2) {
    throw new Error(`Cannot read the output of deno doc --json: 'version' must be 2, but is ${version}`);
  }
  return nodes;
}

/** Lists the files that `publish.include` matches, as `deno publish` does. */
async function packageFiles(patterns: string[]): Promise<{ path: string; bytes: number }[]> {
  const isIncluded = patterns.map(globToRegExp);
  const found: { path: string; bytes: number }[] = [];
  for await (const path of walk("")) {
    if (!isIncluded.some((pattern) => pattern.test(path))) continue;
    found.push({ path, bytes: (await Deno.stat(new URL(path, ROOT))).size });
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", ROOT))) {
    if (name === ".git" || name === "node_modules") continue;
    if (isDirectory) yield* walk(`${folder}${name}/`);
    else yield folder + name;
  }
}

/** Converts a pattern of `**`, `*` and names. A pattern without a star also matches everything in a folder. */
function globToRegExp(pattern: string): RegExp {
  const source = pattern.replace(/^\.?\//, "").split(/(\*\*\/|\*)/).map((part) =>
    part === "**/" ? "(?:.*/)?" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")
  ).join("");
  return new RegExp(`^${source}${pattern.includes("*") ? "" : "(?:/.*)?"}$`);
}

/** Returns what a subcommand prints. Its exit code is ignored, since `deno lint` fails if it finds something. */
async function deno(args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(DENO, { args, cwd: ROOT }).output();
  const text = decoder.decode(stdout);
  if (text === "") throw new Error(`Cannot run deno ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return text;
}

async function textOf(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT)).catch(() => "");
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
