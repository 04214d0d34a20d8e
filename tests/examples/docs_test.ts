import { assert, assertEquals, assertMatch } from "@std/assert";
import { HOOK_NAMES } from "../../src/hooks.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

const DOCS = (await Array.fromAsync(Deno.readDir(new URL("docs/", ROOT))))
  .filter(({ isFile }) => isFile)
  .map(({ name }) => `docs/${name}`);
const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "examples/README.md", ...DOCS];

/** The names in the API index of prefactor-http, without the fields of its models. */
const PYTHON_NAMES = `
PrefactorHttpClient PrefactorHttpClient.config PrefactorHttpClient.agents PrefactorHttpClient.agent_instances
PrefactorHttpClient.agent_spans PrefactorHttpClient.bulk PrefactorHttpClient.request PrefactorHttpClient.close
PrefactorHttpClient.validate_token __version__ HttpClientConfig HttpClientConfig.api_url HttpClientConfig.api_token
HttpClientConfig.request_timeout HttpClientConfig.connect_timeout HttpClientConfig.max_retries
HttpClientConfig.initial_retry_delay HttpClientConfig.max_retry_delay HttpClientConfig.retry_multiplier
HttpClientConfig.retry_on_status_codes HttpClientConfig.default_idempotency_key AgentInstanceClient
AgentInstanceClient.register AgentInstanceClient.start AgentInstanceClient.finish AgentInstanceClient.get
AgentInstanceClient.record_quality AgentSpanClient AgentSpanClient.create AgentSpanClient.finish
control_signal_callback BulkClient BulkClient.execute AgentClient.create AgentClient.get AgentClient.update
AgentClient.list_agents AgentClient.show AgentClient.retire AgentClient.reinstate AgentClient.delete PrefactorHttpError
PrefactorApiError PrefactorApiError.message PrefactorApiError.code PrefactorApiError.status_code PrefactorAuthError
PrefactorNotFoundError PrefactorValidationError PrefactorValidationError.errors PrefactorRetryExhaustedError
PrefactorRetryExhaustedError.last_error PrefactorClientError PrefactorResponseContractError
PrefactorResponseContractError.status_code PrefactorResponseContractError.body_snippet
PrefactorResponseContractError.cause is_transient_http_error is_permanent_http_error AgentStatus FinishStatus InstancePurpose
BulkItem.type BulkItem.idempotency_key BulkRequest.items BulkRequest.validate_unique_idempotency_keys
BulkOutput.status BulkOutput.validate_status BulkResponse.status BulkResponse.outputs RetryHandler
RetryHandler.config RetryHandler.execute DEFAULT_SDK_HEADER DEFAULT_SDK_HEADER_ENTRY build_sdk_header
format_sdk_header_entry normalize_sdk_header_entry`.trim().split(/\s+/);
const PYTHON_MODELS = `
ActionProfile Agent AgentAvailableActions AgentForCreate AgentForUpdate AgentInstance AgentInstanceCounts
AgentInstanceRecordQuality AgentInstanceSpanCounts AgentSchemaVersionForRegister AgentSpan AgentSummary
AgentVersionForRegister ApiError ApiResponse BulkItem BulkOutput BulkRequest BulkResponse CreateAgentSpanRequest
DataCategories DataRisk DetailedApiError FinishInstanceRequest FinishSpanRequest ListResponse PaginationOutput
QualitySchemaDetails QualitySchemaForCreate RegisterAgentInstanceRequest Sorting SpanTypeSchemaForCreate
TimestampRequest`.trim().split(/\s+/);

/** Returns the cells of each table row of the page. */
function rowsOf(page: string): string[][] {
  return page.split("\n").filter((line) => /^\| +`/.test(line))
    .map((line) => line.slice(1, -1).split(" | ").map((cell) => cell.trim()));
}

Deno.test("from_python.md has a row for every name of the Python package", async () => {
  const rows = rowsOf(await read("docs/from_python.md"));
  const known = new Set(rows.map(([name]) => /`(?:[a-z_]+\.)?([\w.]+)/.exec(name!)?.[1]));
  const wanted = [...PYTHON_NAMES, ...PYTHON_MODELS, ...PYTHON_MODELS.map((name) => `${name}.model_config`)];
  assertEquals(wanted.filter((name) => !known.has(name)), []);
});

Deno.test("the comparison pages name only symbols that the package exports", async () => {
  const modules = [await read("mod.ts"), await read("src/recorder/mod.ts"), await read("src/admin/mod.ts")];
  const exported = new Set(modules.join().match(/\b\w+\b/g));
  for (const path of ["docs/from_python.md", "docs/from_prefactor_core.md"]) {
    const names = rowsOf(await read(path))
      .flatMap((
        [, here = ""],
      ) => [...here.matchAll(/\b(?:[A-Z]\w*[a-z]\w*|is[A-Z]\w+|[a-z]+[A-Z]\w+(?=\())/g)])
      .map(([name]) => name);
    assert(names.length >= 15, `${path}: ${names.length}`);
    assertEquals(names.filter((name) => !exported.has(name) && !NOT_EXPORTS.has(name)), [], path);
  }
});

/** Names on the pages that are methods or options, not exports. */
const NOT_EXPORTS = new Set(["isRetriable", "recordQuality", "terminationSignal"]);

Deno.test("every link between the pages has a target", async () => {
  for (const page of PAGES) {
    const text = await read(page);
    for (const target of linksOf(text)) {
      const [path, anchor] = target.split("#");
      const linked = path
        ? await read(new URL(path, new URL(page, ROOT)).href.slice(ROOT.href.length))
        : text;
      if (anchor === undefined) continue;
      const anchors = [...linked.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
      );
      assert(anchors.includes(anchor), `${page}: ${target}`);
    }
  }
});

Deno.test("README.md links to every page, by paths that jsr.io can resolve", async () => {
  const links = linksOf(await read("README.md"));
  // jsr.io puts the URL of the repository in front of a relative link.
  assertEquals(links.filter((link) => /^(?:\.|\/)/.test(link)), []);
  assertEquals([...PAGES.slice(1), "LICENSE"].filter((page) => !links.includes(page)), []);
});

Deno.test("every page of docs has an example that runs", async () => {
  for (const page of DOCS) assertMatch(await read(page), /^```ts$/m, page);
});

Deno.test("configuration.md has a row for every field of a config and every option of a call", async () => {
  const documented = rowsOf(await read("docs/configuration.md")).map(([name]) => name!.replaceAll("`", ""));
  const config = fieldsOf("HttpClientConfig", await read("src/config.ts"));
  const seam = await read("src/http_requester.ts");
  const options = [...fieldsOf("RequestOptions", seam), ...fieldsOf("HttpRequestOptions", seam)];
  assert(config.length > 15 && options.length > 8);
  assertEquals(documented.toSorted(), [...config, ...options].toSorted());
});

Deno.test("hooks.md has a row for every hook, and errors.md for every error", async () => {
  const firstCells = async (page: string) =>
    (await read(page)).match(/^\| [^|]+/gm)!.flatMap((cell) => /`(\w+)`/.exec(cell)?.[1] ?? []);
  assertEquals((await firstCells("docs/hooks.md")).toSorted(), HOOK_NAMES.toSorted());
  const errors = (await read("mod.ts")).match(/\bPrefactor\w+Error\b/g)!;
  const undocumented = new Set(errors).difference(new Set(await firstCells("docs/errors.md")));
  assertEquals([...undocumented], ["PrefactorHttpError"]);
});

/** Returns the relative links of a page. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
    .filter((target) => !/^https?:/.test(target));
}

/** Returns the names of the fields of an interface. */
function fieldsOf(name: string, source: string): string[] {
  const [, body] = new RegExp(`interface ${name} [^{]*\\{(.*?)\\n\\}`, "s").exec(source)!;
  return [...body!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field!);
}
