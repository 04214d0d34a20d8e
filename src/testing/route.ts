/**
 * The form of a route: a row for each operation of the API.
 *
 * @module
 */

import type { FieldRules, Fields } from "./fields.ts";
import type { Deployment, Store } from "./store.ts";

/** The input of a route's handler. */
export interface RouteInput {
  /** The decoded id in the path; empty if the path has none. */
  readonly id: string;
  /** The fields of the query of a GET, otherwise those of the body or of its `details`. */
  readonly fields: Fields;
  /** The deployment of the token, if the token is deployment-scoped. */
  readonly deployment: Deployment | undefined;
}

/** An operation of the API. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /**
   * The path below `/api/v1/`. A segment in braces matches any id; its name is the field that holds the id in an item of
   * a bulk request.
   */
  readonly path: string;
  /** The rules of the fields. A PUT is an update: it keeps fields that are left out. */
  readonly fields?: FieldRules | ((deployment: Deployment | undefined) => FieldRules);
  /** Whether the fields are in `details` of the body; an item of a bulk request may hold them beside `_type` as well. */
  readonly hasDetails?: boolean;
  /** The `_type` of the operation in bulk requests. An item of a GET holds the fields of the query. */
  readonly bulkType?: string;
  /** Whether a deployment-scoped token may call the operation. */
  readonly allowsDeployment?: boolean;
  /** Finds the id of the instance that a request is about. The fields are not checked yet. */
  instanceId?(store: Store, input: RouteInput): unknown;
  /** Carries out the operation and returns the fields of the response beside `status`. */
  handle(store: Store, input: RouteInput): Record<string, unknown>;
}
