/**
 * Tells the hooks what happens, and lets nothing they do come back.
 *
 * @module
 */

import type { ClientHooks } from "./config.ts";

/** Calls a hook where there is one; what it throws, returns or rejects with is dropped. */
export function notify<Name extends keyof ClientHooks>(
  hooks: ClientHooks | undefined,
  name: Name,
  event: Parameters<NonNullable<ClientHooks[Name]>>[0],
): void {
  try {
    const hook = hooks?.[name] as ((event: unknown) => unknown) | undefined;
    Promise.resolve(hook?.call(hooks, event)).catch(() => {});
  } catch {
    // a hook only watches
  }
}
