/**
 * Routes: the descriptions of the API's operations.
 *
 * @module
 */

import type { FieldRules, Fields } from "./fields.ts";
import type { Deployment, Store } from "./store.ts";

/** The input of a route's handler. */
export interface RouteInput {
  /** The decoded ID in the path, or an empty string if the path has none. */
  readonly id: string;
  /** The fields of the query for a GET, and otherwise those of the body or its `details`. */
  readonly fields: Fields;
  /** The deployment of the token, if the token is deployment-scoped. */
  readonly deployment: Deployment | undefined;
}

/** An operation of the API. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /**
   * The path below `/api/v1/`. A segment in braces matches any ID; its name is the field that holds the ID in an item of
   * a bulk request.
   */
  readonly path: string;
  /** The rules for the fields. A PUT is an update, so omitted fields keep their values. */
  readonly fields?: FieldRules | ((deployment: Deployment | undefined) => FieldRules);
  /** Whether the fields are in `details` of the body. A bulk item may also have them beside `_type`. */
  readonly hasDetails?: boolean;
  /** The `_type` of the operation in bulk requests. The item of a GET has the fields of the query. */
  readonly bulkType?: string;
  /** Whether a deployment-scoped token may call the operation. */
  readonly allowsDeployment?: boolean;
  /** Finds the ID of the instance that a request is about. The fields are not checked yet. */
  instanceId?(store: Store, input: RouteInput): unknown;
  /** Executes the operation and returns the fields of the response apart from `status`. */
  handle(store: Store, input: RouteInput): Record<string, unknown>;
}
