/**
 * Environment variables, on whichever runtime.
 *
 * @module
 */

import { PrefactorClientError } from "./errors/errors.ts";

/** The globals of Deno, and of Bun and Node, that this module looks for. */
interface Runtime {
  Deno?: { env: { get(name: string): string | undefined } };
  process?: { env: Record<string, string | undefined> };
}

/** Reads a variable that has to be there. */
export function readEnvironment(name: string): string {
  const { Deno: deno, process } = globalThis as Runtime;
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
