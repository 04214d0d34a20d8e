/**
 * Replaces the global `fetch` with a sandbox.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import type { PrefactorSandbox } from "./sandbox.ts";

/** Options of {@linkcode stubFetch}. */
export interface StubFetchOptions {
  /**
   * The origins of the requests that go to the sandbox. Defaults to `"https://app.prefactorai.com"` and the origin of
   * `sandbox.config()`.
   */
  origins?: readonly string[];
}

/** A sandbox in place of the global `fetch`, until it is disposed. */
export interface FetchStub extends Disposable {
  /**
   * Restores the original `fetch`. Later calls have no effect.
   *
   * @throws {Error} If `fetch` was replaced again in the meantime; that replacement must be restored first.
   */
  restore(): void;
}

const PLATFORM = "https://app.prefactorai.com";

/**
 * Replaces `globalThis.fetch` with the `fetch` of a sandbox. A request to any other origin rejects with a `TypeError`
 * that names its URL, so that no test accesses the network unnoticed.
 *
 * It can be combined with `stub` and `spy` from `@std/testing/mock`. Replacements must be restored in reverse order, as
 * `using` does.
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
 *
 * @throws {PrefactorClientError} If an origin is not an absolute URL.
 */
export function stubFetch(sandbox: PrefactorSandbox, options: StubFetchOptions = {}): FetchStub {
  const { origins = [PLATFORM, sandbox.config().apiUrl] } = options;
  const checker = new ArgumentChecker("stub fetch");
  origins.forEach((origin, index) =>
    checker.check(`origins[${index}]`, URL.canParse(origin), "an absolute URL", origin)
  );
  const served = new Set(origins.map((origin) => new URL(origin).origin));
  const original = Object.getOwnPropertyDescriptor(globalThis, "fetch")!;
  let restored = false;

  function fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
    const url = new URL(typeof input === "object" && "url" in input ? input.url : input);
    if (served.has(url.origin)) return sandbox.fetch(input, init);
    return Promise.reject(
      new TypeError(`Cannot fetch ${url}: fetch is stubbed for ${[...served].join(" and ")} only`),
    );
  }

  function restore(): void {
    if (restored) return;
    if (globalThis.fetch !== fetch) {
      throw new Error("Cannot restore fetch: it was replaced again in the meantime");
    }
    Object.defineProperty(globalThis, "fetch", original);
    restored = true;
  }

  Object.defineProperty(globalThis, "fetch", { ...original, value: fetch });
  return { restore, [Symbol.dispose]: restore };
}
