/**
 * The check of a token.
 *
 * @module
 */

import type { Route } from "../route.ts";

/** The operation that only checks the token. */
export const PING_ROUTE: Route = {
  method: "GET",
  path: "ping",
  allowsDeployment: true,
  handle: () => ({}),
};
