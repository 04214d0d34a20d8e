/**
 * The operations that most resources of the platform share.
 *
 * @module
 */

import {
  asQuery,
  details,
  empty,
  flat,
  inDetails,
  isNoParams,
  type Operation,
  page,
} from "../endpoints/operation.ts";
import { type IdempotentRequest, isIdempotentRequest } from "../models/common.ts";
import type { Page } from "../models/page.ts";

type Guard<T> = (value: unknown) => value is T;

/** The params of an operation without params. */
export type NoParams = Record<never, never>;

/** A resource of the platform. */
export interface Resource<Details, Summary> {
  /** The name of the resource in messages, such as `team`. */
  readonly noun: string;
  /** The plural of the noun. */
  readonly plural: string;
  /** The path of the list, such as `/api/v1/team`. */
  readonly path: string;
  /** The guard for a single resource. */
  readonly isDetails: Guard<Details>;
  /** The guard for a resource in a list. */
  readonly isSummary: Guard<Summary>;
  /** Whether responses contain a secret, which errors must not include. Defaults to `false`. */
  readonly isResponseSecret?: boolean | undefined;
}

/** Gets a resource by its ID. */
export function get<Details>(
  { noun, path, isDetails, isResponseSecret }: Resource<Details, unknown>,
): Operation<NoParams, Details> {
  return {
    action: `get the ${noun}`,
    method: "GET",
    path: `${path}/{id}`,
    isParams: isNoParams,
    encode: asQuery,
    decode: details(isDetails),
    isResponseSecret,
  };
}

/** Lists the resources. */
export function list<Params extends object, Summary>(
  { plural, path, isSummary, isResponseSecret }: Resource<unknown, Summary>,
  isParams: Guard<Params>,
): Operation<Params, Page<Summary>> {
  return {
    action: `list the ${plural}`,
    method: "GET",
    path,
    isParams,
    encode: asQuery,
    decode: page(isSummary),
    isResponseSecret,
  };
}

/** Creates a resource. */
export function create<Params extends object, Details>(
  { noun, path, isDetails, isResponseSecret }: Resource<Details, unknown>,
  isParams: Guard<Params>,
): Operation<Params, Details> {
  return {
    action: `create the ${noun}`,
    method: "POST",
    path,
    isParams,
    encode: inDetails,
    decode: details(isDetails),
    isResponseSecret,
  };
}

/** Updates a resource. A `null` is sent only for nullable fields, which it clears. */
export function update<Params extends object, Details>(
  { noun, path, isDetails, isResponseSecret }: Resource<Details, unknown>,
  isParams: Guard<Params>,
  nullable: readonly (keyof Params & string)[] = [],
): Operation<Params, Details> {
  return {
    action: `update the ${noun}`,
    method: "PUT",
    path: `${path}/{id}`,
    isParams,
    encode: inDetails,
    nullable,
    decode: details(isDetails),
    isResponseSecret,
  };
}

/** Performs an action on a resource, such as `suspend`. */
export function act<Details>(
  { noun, path, isDetails, isResponseSecret }: Resource<Details, unknown>,
  action: string,
): Operation<IdempotentRequest, Details> {
  return {
    action: `${action} the ${noun}`,
    method: "POST",
    path: `${path}/{id}/${action}`,
    isParams: isIdempotentRequest,
    encode: flat,
    decode: details(isDetails),
    isResponseSecret,
  };
}

/** Deletes a resource. */
export function remove(
  { noun, path, isResponseSecret }: Resource<unknown, unknown>,
): Operation<NoParams, void> {
  return {
    action: `delete the ${noun}`,
    method: "DELETE",
    path: `${path}/{id}`,
    isParams: isNoParams,
    encode: asQuery,
    decode: empty,
    isResponseSecret,
  };
}
