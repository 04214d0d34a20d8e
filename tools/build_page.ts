/**
 * Builds the page of the sandbox server: inlines the script and the style in `page/` into its document, and writes the
 * document to `src/testing/page/document.ts`, because a published module cannot read files beside it.
 *
 * Usage: `deno task page`
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const TARGET = new URL("src/testing/page/document.ts", ROOT);

/** Returns the module that holds the document. */
export async function buildPage(): Promise<string> {
  const script = await bundle("page/main.ts");
  const style = minifyStyle(await read("page/style.css"));
  const html = (await read("page/index.html")).replace(/\s*\n\s*/g, "\n");
  const document = html
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${script}</script>`);
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(script)}`,
    `style-src ${await hashOf(style)}`,
    "connect-src 'self'",
    "img-src data:", // the icon
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return `/**
 * The page as one document. Built from \`page/\` by \`deno task page\`: do not edit.
 *
 * @module
 */

// deno-fmt-ignore-file

/** The document. */
export const DOCUMENT: string = ${JSON.stringify(document)};

/** The Content-Security-Policy of the document: its own script and style, and connections to its server. */
export const POLICY: string = ${JSON.stringify(policy)};
`;
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Bundles and minifies a module for browsers. */
async function bundle(path: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "browser", new URL(path, ROOT).pathname],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle ${path}: ${new TextDecoder().decode(stderr)}`);
  const script = new TextDecoder().decode(stdout).trim();
  if (/<\/script|<!--/i.test(script)) {
    throw new Error(`Cannot inline ${path}: it contains a closing tag`);
  }
  return script;
}

/** Removes comments and formatting white space. */
function minifyStyle(css: string): string {
  return css.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ").replace(/ ?([{};,]) ?/g, "$1").replaceAll(
    ";}",
    "}",
  ).trim();
}

/** Returns the source expression of a text in a Content-Security-Policy. */
async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(hash).toBase64()}'`;
}

if (import.meta.main) await Deno.writeTextFile(TARGET, await buildPage());
