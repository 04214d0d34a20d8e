/**
 * Runs a Deno subcommand with the standard library, or with stand-ins if the registry cannot be reached.
 *
 * ```sh
 * deno run -A tools/with_std.ts test -A tests
 * deno run -A tools/with_std.ts run --allow-net examples/record_a_run.ts
 * PREFACTOR_STD=stand-ins deno run -A tools/with_std.ts check mod.ts
 * ```
 *
 * It tries to resolve the packages with `deno info`, which uses Deno's cache and respects `JSR_URL`. If that fails, the
 * import map of the stand-ins replaces the imports of `deno.json`. If `PREFACTOR_STD` is set to `registry` or
 * `stand-ins`, it makes that choice without trying.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import standIns from "./std_stand_ins/import_map.json" with { type: "json" };

const IMPORT_MAP = `${import.meta.dirname}/std_stand_ins/import_map.json`;
const PROBE_TIMEOUT_MS = 5_000;
/** The signals to forward to the child. On Ctrl+C, the terminal itself also sends SIGINT to the child. */
const SIGNALS: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

if (import.meta.main) {
  const [subcommand, ...args] = Deno.args;
  if (subcommand === undefined) {
    console.error(
      "Usage: deno run -A tools/with_std.ts <deno subcommand> [args…]",
    );
    Deno.exit(2);
  }
  if (await useRegistry(Deno.env.get("PREFACTOR_STD"))) {
    Deno.exit(await runDeno([subcommand, ...args]));
  }
  console.error("with_std: using tools/std_stand_ins in place of @std");
  Deno.exit(await runDeno([subcommand, "--import-map", IMPORT_MAP, ...args]));
}

async function useRegistry(choice: string | undefined): Promise<boolean> {
  switch (choice) {
    case undefined:
    case "":
      return await canResolve(modulesInUse());
    case "registry":
      return true;
    case "stand-ins":
      return false;
    default:
      console.error(
        `Cannot choose @std: PREFACTOR_STD must be "registry" or "stand-ins", but is "${choice}"`,
      );
      Deno.exit(2);
  }
}

/** Lists every `@std` module that the project uses with its version: `jsr:@std/async@^1.2.0/retry`. */
function modulesInUse(): string[] {
  const versions = new Map(Object.entries(config.imports));
  return Object.keys(standIns.imports)
    .filter((specifier) => specifier.startsWith("@std/"))
    .map((specifier) => {
      const [scope, name, ...path] = specifier.split("/");
      return [versions.get(`${scope}/${name}`), ...path].join("/");
    });
}

/** Resolves the modules with `deno info`, which exits with 0 even if it fails to load one, so its output is read. */
async function canResolve(specifiers: string[]): Promise<boolean> {
  const source = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};`).join("");
  const probe = new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      "--json",
      "--quiet",
      `data:text/javascript,${encodeURIComponent(source)}`,
    ],
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  const { success, stdout } = await probe.output();
  if (!success) return false;
  const { modules }: { modules: object[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return modules.every((module) => !("error" in module));
}

async function runDeno(args: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  for (const signal of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      if (signal !== "SIGINT" || !Deno.stdin.isTerminal()) child.kill(signal);
    });
  }
  return (await child.status).code;
}
