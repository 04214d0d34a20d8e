/**
 * A sandbox in place of the global fetch.
 *
 * @module
 */

import type { PrefactorSandbox } from "./sandbox.ts";

/** Which requests {@linkcode stubFetch} hands to the sandbox. */
export interface StubFetchOptions {
  /**
   * The origins that the sandbox stands in for, such as `"https://app.prefactorai.com"`; that one and the one of
   * `sandbox.config()` unless given.
   */
  origins?: readonly string[];
}

/** The sandbox in place of the global fetch, until it is disposed of. */
export interface FetchStub extends Disposable {
  /**
   * Puts back the fetch that was there; once is enough.
   *
   * @throws {Error} If something else has replaced fetch since, and has to be put back first.
   */
  restore(): void;
}

const PLATFORM = "https://app.prefactorai.com";

/**
 * Replaces `globalThis.fetch` with the sandbox's until it is disposed of. A request to any other origin rejects with a
 * `TypeError` that names its URL, so that no test reaches the network unnoticed.
 *
 * It goes together with `stub` and `spy` of `@std/testing/mock`, around it or in it; what was replaced last is put
 * back first, as `using` does.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox, stubFetch } from "@prefactor/http/testing";
 *
 * const sandbox = new PrefactorSandbox();
 * using _stub = stubFetch(sandbox);
 * const { apiToken } = sandbox.config();
 * const client = new PrefactorHttpClient({ apiUrl: "https://app.prefactorai.com", apiToken });
 * await client.request("GET", "/api/v1/ping");
 * await client.close();
 * ```
 */
export function stubFetch(sandbox: PrefactorSandbox, options: StubFetchOptions = {}): FetchStub {
  const { origins = [PLATFORM, sandbox.config().apiUrl] } = options;
  const served = new Set(origins.map((origin) => new URL(origin).origin));
  const original = Object.getOwnPropertyDescriptor(globalThis, "fetch")!;
  let restored = false;

  function fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
    const url = new URL(typeof input === "object" && "url" in input ? input.url : input);
    if (served.has(url.origin)) return sandbox.fetch(input, init);
    return Promise.reject(
      new TypeError(`Cannot fetch ${url}: the sandbox stands in for ${[...served].join(" and ")} only`),
    );
  }

  function restore(): void {
    if (restored) return;
    if (globalThis.fetch !== fetch) {
      throw new Error("Cannot restore fetch: something else has replaced it since");
    }
    Object.defineProperty(globalThis, "fetch", original);
    restored = true;
  }

  Object.defineProperty(globalThis, "fetch", { ...original, value: fetch });
  return { restore, [Symbol.dispose]: restore };
}
