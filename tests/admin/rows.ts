/**
 * Table rows for the operations that most resources share.
 *
 * @module
 */

import { PrefactorAdminClient } from "@prefactor/http/admin";
import type { JsonObject, PrefactorHttpClient, RequestOptions } from "../../mod.ts";
import {
  type Arguments,
  type OperationRow,
  pageParams,
  type ParamsRow,
  type ParamType,
  STRING,
} from "../endpoints/table.ts";

/** Returns the administration client of a client. */
export function adminOf(client: PrefactorHttpClient): PrefactorAdminClient {
  return new PrefactorAdminClient(client);
}

/** Returns the types of params that are all of the same type. */
export function typed(names: string, type: ParamType = STRING): Record<string, ParamType> {
  return Object.fromEntries(names.split(" ").map((name) => [name, type]));
}

/** The names of the resources. */
export const RESOURCES = [
  "accounts",
  "adminUserInvites",
  "adminUsers",
  "agentDeployments",
  "agentSchemaVersions",
  "agentVersions",
  "apiTokens",
  "environments",
  "integrations",
  "people",
  "riskProfiles",
  "teams",
] as const;

/** A resource of the platform. */
export interface Resource {
  /** The name of the resource in messages, such as `team`. */
  readonly noun: string;
  readonly plural: string;
  /** The path below `/api/v1/`. */
  readonly path: string;
  readonly details: JsonObject;
  readonly isResponseSecret?: boolean;
}

type Result = Promise<unknown>;
type WithId = (id: string, options?: RequestOptions) => Result;
type WithParams = (params: never, options?: RequestOptions) => Result;
type WithIdAndParams = (id: string, params: never, options?: RequestOptions) => Result;

/** Returns the parts of a row whose result is the resource. */
function single({ details, isResponseSecret = false }: Resource) {
  return { response: { status: "success", details }, result: details, isResponseSecret };
}

export function get(resource: Resource): OperationRow<{ get: WithId }> {
  return {
    action: `get the ${resource.noun}`,
    request: `GET /api/v1/${resource.path}/{id}`,
    call: (client, { id, options }: Arguments) => client.get(id, options),
    ...single(resource),
  };
}

/** `filters` are the names of optional params, `least` the required params. */
export function list(
  { plural, path, details, isResponseSecret = false }: Resource,
  { filters = [], least }: { filters?: readonly string[]; least?: JsonObject } = {},
): OperationRow<{ list: WithParams }> {
  const { all, converted, types } = pageParams(least);
  const response = { status: "success", summaries: [details], pagination: null, sorting: null };
  return {
    action: `list the ${plural}`,
    request: `GET /api/v1/${path}`,
    call: (client, { params, options }: Arguments) => client.list(params, options),
    params: {
      sentIn: "query",
      ...(least && { required: least }),
      all: { ...Object.fromEntries(filters.map((name) => [name, "f-1"])), ...least, ...all },
      converted,
      types: { ...Object.fromEntries(filters.map((name) => [name, STRING])), ...types },
    },
    response,
    result: response,
    isResponseSecret,
  };
}

export function create(
  resource: Resource,
  params: Omit<ParamsRow, "sentIn">,
): OperationRow<{ create: WithParams }> {
  return {
    action: `create the ${resource.noun}`,
    request: `POST /api/v1/${resource.path}`,
    call: (client, { params, options }: Arguments) => client.create(params, options),
    params: { sentIn: "details", ...params },
    ...single(resource),
  };
}

export function update(
  resource: Resource,
  params: Omit<ParamsRow, "sentIn">,
): OperationRow<{ update: WithIdAndParams }> {
  return {
    action: `update the ${resource.noun}`,
    request: `PUT /api/v1/${resource.path}/{id}`,
    call: (client, { id, params, options }: Arguments) => client.update(id, params, options),
    params: { sentIn: "details", isKeyed: false, required: {}, ...params },
    ...single(resource),
  };
}

export function act<Name extends string>(
  resource: Resource,
  name: Name,
): OperationRow<Record<Name, WithIdAndParams>> {
  return {
    action: `${name} the ${resource.noun}`,
    request: `POST /api/v1/${resource.path}/{id}/${name}`,
    call: (client, { id, params, options }: Arguments) => client[name](id, params, options),
    params: { sentIn: "body", all: {}, types: {} },
    ...single(resource),
  };
}

export function remove(
  { noun, path, isResponseSecret = false }: Resource,
): OperationRow<{ delete: WithId }> {
  return {
    action: `delete the ${noun}`,
    request: `DELETE /api/v1/${path}/{id}`,
    call: (client, { id, options }: Arguments) => client.delete(id, options),
    response: {},
    result: undefined,
    isResponseSecret,
  };
}
