/**
 * Reads the environment of the program on Deno, Bun and Node.
 *
 * @module
 */

import { PrefactorClientError } from "./errors/errors.ts";
import type { RuntimeEnvironment } from "./models/registration.ts";
import { VERSION } from "./version.ts";

/**
 * The globals of Deno, Bun and Node that this module uses. Bundlers may define a `process` with fewer fields in
 * browsers.
 */
interface Globals {
  Deno?: {
    env: { get(name: string): string | undefined };
    version: { deno: string };
    build: { os: string };
  };
  process?: {
    env: Record<string, string | undefined>;
    versions?: { bun?: string; node?: string };
    platform?: string;
  };
}

/**
 * Reads a required environment variable.
 *
 * @throws {PrefactorClientError} If the variable is not set, or if permission to read it is denied.
 */
export function readEnvironment(name: string): string {
  const { Deno: deno, process } = globalThis as Globals;
  let value: string | undefined;
  try {
    value = deno ? deno.env.get(name) : process?.env[name];
  } catch (cause) {
    throw new PrefactorClientError(`Cannot read the environment variable ${name}: permission denied`, {
      cause,
    });
  }
  if (!value) {
    throw new PrefactorClientError(
      `Cannot configure the client: the environment variable ${name} is not set`,
    );
  }
  return value;
}

/**
 * Detects the software that the program runs on: this package and, on Deno, Bun and Node, the runtime and the operating
 * system. Needs no permissions. Unknown fields, such as the runtime in a browser, are omitted.
 *
 * @param agentSdk The packages that the agent is built with, such as `"langchain@1.2.0"`.
 * @returns The value for `agent_version.runtime_environment`.
 *
 * @example
 * ```ts
 * import { runtimeEnvironment } from "@prefactor/http";
 *
 * console.log(runtimeEnvironment(["langchain@1.2.0"]));
 * // {
 * //   prefactor_sdk: ["@prefactor/http@0.1.0"],
 * //   agent_sdk: ["langchain@1.2.0"],
 * //   runtime: "deno@2.9.6",
 * //   os: "linux",
 * // }
 * ```
 */
export function runtimeEnvironment(agentSdk?: string | readonly string[]): RuntimeEnvironment {
  return {
    prefactor_sdk: [`@prefactor/http@${VERSION}`],
    ...(agentSdk !== undefined && { agent_sdk: [agentSdk].flat() }),
    ...detectRuntime(),
  };
}

/**
 * Returns whether `fetch` is faster with a prepared `Request` than with a URL and options. This is the case on Deno and
 * Bun, but not on Node.
 */
export function hasFastTemplates(): boolean {
  const { Deno: deno, process } = globalThis as Globals;
  return deno !== undefined || process?.versions?.bun !== undefined;
}

function detectRuntime(): Pick<RuntimeEnvironment, "runtime" | "os"> {
  const { Deno: deno, process: { versions, platform } = {} } = globalThis as Globals;
  if (deno) return { runtime: `deno@${deno.version.deno}`, os: deno.build.os };
  const os = platform === "win32" ? "windows" : platform;
  if (versions?.bun) return { runtime: `bun@${versions.bun}`, os };
  return versions?.node ? { runtime: `node@${versions.node}`, os } : {};
}
