/**
 * The options of the sandbox server and its command-line flags.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import type { FaultKind } from "./fault.ts";
import type { SandboxOptions } from "./sandbox.ts";

/** Options of `serveSandbox`. */
export interface SandboxServerOptions extends SandboxOptions {
  /** The port. Defaults to 0, which selects any free port. */
  port?: number;
  /** The address to listen on. Defaults to `"127.0.0.1"`. */
  hostname?: string;
  /** The fraction of requests with a random fault, from 0 to 1. Defaults to 0. */
  faults?: number;
  /** The kinds of the random faults. Defaults to `refuse`, `lose`, `cut`, `delay` and `status`. */
  faultKinds?: readonly FaultKind[];
  /** The seed of the random faults. Defaults to 1. */
  seed?: number;
}

/** A command-line flag. */
interface Flag {
  /** The option that the flag sets. */
  readonly option: keyof SandboxServerOptions;
  readonly value: "number" | "text" | "list";
  readonly help: string;
}

/** The command-line flags, by name. */
const FLAGS = new Map<string, Flag>([
  ["--port", { option: "port", value: "number", help: "port, or 0 for any free port (default: 8787)" }],
  ["--hostname", { option: "hostname", value: "text", help: "address to listen on (default: 127.0.0.1)" }],
  ["--token", { option: "token", value: "text", help: "initial token (default: a random one)" }],
  ["--faults", {
    option: "faults",
    value: "number",
    help: "fraction of requests with a fault, 0 to 1 (default: 0)",
  }],
  ["--fault-kinds", {
    option: "faultKinds",
    value: "list",
    help: "comma-separated kinds of these faults\n" +
      "(default: refuse,lose,cut,delay,status; others:\ngarbage,redirect,hang)",
  }],
  ["--seed", { option: "seed", value: "number", help: "seed of the random faults (default: 1)" }],
  ["--max-records", {
    option: "maxRecords",
    value: "number",
    help: "maximum records of each kind (default: 10000)",
  }],
  ["--max-bytes", {
    option: "maxBytes",
    value: "number",
    help: "maximum memory for all records (default: 268435456)",
  }],
]);

/** The width of the column of flags in the help, in characters. */
const HELP_INDENT = 26;

/** The help text of the command. */
export const HELP: string = [
  "Serves an in-memory Prefactor API and prints a line for each request.",
  "",
  "Usage: sandbox [flags]",
  "",
  ...Array.from(FLAGS, ([name, { value, help }]) => helpLine(`${name} <${value}>`, help)),
  helpLine("--help", "print this text"),
].join("\n");

function helpLine(flag: string, help: string): string {
  return `  ${flag}`.padEnd(HELP_INDENT) + help.replaceAll("\n", `\n${" ".repeat(HELP_INDENT)}`);
}

/**
 * Parses the arguments of the command.
 *
 * @returns The options of the server, or `undefined` if `--help` is among the arguments.
 * @throws {PrefactorClientError} If a flag is unknown or a value is missing or invalid.
 */
export function parseFlags(args: readonly string[]): SandboxServerOptions | undefined {
  if (args.includes("--help") || args.includes("-h")) return undefined;
  const checker: ArgumentChecker = new ArgumentChecker("start the sandbox");
  const words = args.flatMap((arg) => /^(--[\w-]+)=(.*)$/s.exec(arg)?.slice(1) ?? arg);
  const options: [string, unknown][] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [name, text] = [words[index]!, words[index + 1]];
    const flag = FLAGS.get(name);
    if (!flag) checker.fail("flag", `one of ${[...FLAGS.keys()].join(", ")}`, name);
    if (!text) checker.fail(name, "a non-empty value", text);
    checker.check(name, flag.value !== "number" || !Number.isNaN(Number(text)), "a number", text);
    const values = { number: Number(text), text, list: text.split(",") };
    options.push([flag.option, values[flag.value]]);
  }
  return { port: 8787, ...Object.fromEntries(options) };
}
