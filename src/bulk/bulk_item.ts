/**
 * Items of a bulk request, encoded like the corresponding single operations.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import { FINISH_INSTANCE, REGISTER_INSTANCE, START_INSTANCE } from "../endpoints/agent_instances.ts";
import { CREATE_SPAN, FINISH_SPAN } from "../endpoints/agent_spans.ts";
import { CREATE_AGENT, UPDATE_AGENT } from "../endpoints/agents.ts";
import { observeResponse } from "../endpoints/control.ts";
import { checkId, encodeFields, encodeRequest, type Operation } from "../endpoints/operation.ts";
import { isObject } from "../guards.ts";
import type { HttpRequester } from "../http_requester.ts";
import type { CreateAgentRequest, UpdateAgentRequest } from "../models/agent.ts";
import type {
  FinishInstanceRequest,
  RegisterInstanceRequest,
  StartInstanceRequest,
} from "../models/agent_instance.ts";
import type { CreateSpanRequest, FinishSpanRequest } from "../models/agent_span.ts";
import { type BulkItem, type BulkOutput, isBulkItem } from "../models/bulk.ts";
import type { JsonObject } from "../models/common.ts";

/** The params of each operation that {@linkcode bulkItem} takes, by its type. */
export interface BulkItemParams {
  /** Registers an agent instance. */
  "agent_instances/register": RegisterInstanceRequest;
  /** Starts the agent instance with this ID. */
  "agent_instances/start": StartInstanceRequest & { agent_instance_id: string };
  /** Finishes the agent instance with this ID. */
  "agent_instances/finish": FinishInstanceRequest & { agent_instance_id: string };
  /** Creates a span. */
  "agent_spans/create": CreateSpanRequest;
  /** Finishes the span with this ID. */
  "agent_spans/finish": FinishSpanRequest & { agent_span_id: string };
  /** Creates an agent. */
  "agents/create": CreateAgentRequest;
  /** Updates the agent with this ID. */
  "agents/update": UpdateAgentRequest & { agent_id: string };
}

/** The type of an operation that {@linkcode bulkItem} takes. */
export type BulkItemType = keyof BulkItemParams;

/** The operations that are allowed in a bulk request, by item type. */
export const BULK_OPERATIONS: { readonly [Type in BulkItemType]: Operation<object, unknown> } = {
  "agent_instances/register": REGISTER_INSTANCE,
  "agent_instances/start": START_INSTANCE,
  "agent_instances/finish": FINISH_INSTANCE,
  "agent_spans/create": CREATE_SPAN,
  "agent_spans/finish": FINISH_SPAN,
  "agents/create": CREATE_AGENT,
  "agents/update": UPDATE_AGENT,
};

/**
 * Creates an item of a bulk request. It takes the params of the single operation, plus the ID that the single operation
 * takes as its first argument, and checks and encodes them in the same way.
 *
 * @param type The operation.
 * @param params The params of the operation. `idempotency_key`, 8 to 64 characters, defaults to a generated key.
 * @returns The item, for `bulk.execute` and `bulk.executeAll`.
 * @throws {PrefactorClientError} If the type or a param is invalid; the message names it.
 *
 * @example
 * ```ts
 * import { bulkItem } from "@prefactor/http";
 *
 * const item = bulkItem("agent_spans/finish", {
 *   agent_span_id: "01jzf8g3kt00000a0123456789abcdef",
 *   status: "failed",
 *   timestamp: new Date(0),
 *   idempotency_key: "finish-0001",
 * });
 * console.log(item);
 * // {
 * //   _type: "agent_spans/finish",
 * //   agent_span_id: "01jzf8g3kt00000a0123456789abcdef",
 * //   status: "failed",
 * //   timestamp: "1970-01-01T00:00:00.000Z",
 * //   idempotency_key: "finish-0001",
 * // }
 * ```
 */
export function bulkItem<Type extends BulkItemType>(type: Type, params: BulkItemParams[Type]): BulkItem {
  const operation = operationOf(type) ??
    new ArgumentChecker("create the bulk item")
      .fail("type", `one of ${Object.keys(BULK_OPERATIONS).join(", ")}`, type);
  const checker: ArgumentChecker = new ArgumentChecker(operation.action);
  const fields: unknown = params;
  checker.checkModel("params", isObject, fields);
  const idField = operation.idField ?? "";
  const { [idField]: id, ...ownFields } = fields;
  const idFields = idField === "" ? {} : { [idField]: checkId(idField, id, checker) };
  const { options } = encodeRequest(operation, { id: id as string, params: ownFields }, {});
  const { json, idempotencyKey } = options;
  const item: unknown = { _type: type, ...idFields, ...json as JsonObject, idempotency_key: idempotencyKey };
  checker.checkModel("params", isBulkItem, item);
  return item;
}

function operationOf(type: string): Operation<object, unknown> | undefined {
  return Object.hasOwn(BULK_OPERATIONS, type) ? BULK_OPERATIONS[type as BulkItemType] : undefined;
}

/**
 * Encodes the fields of an item like those of the single operation: fills in defaults, omits absent fields and
 * converts dates to strings. An item of an unknown type is returned unchanged.
 */
export function encodeItem(item: BulkItem, checker: ArgumentChecker): BulkItem {
  const operation = operationOf(item._type);
  if (!operation) return item;
  const { _type, idempotency_key, details, ...fields } = item;
  return {
    _type,
    idempotency_key,
    ...(isObject(details)
      ? { ...fields, details: encodeFields(operation, details, checker) }
      : encodeFields(operation, fields, checker)),
  };
}

/** Reports what the output of an item says about an agent instance. */
export function observeOutput(
  requester: Pick<HttpRequester, "observeControl">,
  item: BulkItem,
  output: BulkOutput,
): void {
  const operation = operationOf(item._type);
  const { idField } = operation ?? {};
  const id = idField === undefined ? undefined : item[idField];
  const fields = isObject(item["details"]) ? item["details"] : item;
  // Ending an instance that has already ended is an invalid action.
  const hasEnded = output.status === "success" || output["code"] === "invalid_action";
  const subject = {
    idField,
    isEnd: operation?.isEnd === true && hasEnded,
    id: typeof id === "string" ? id : undefined,
    fields,
  };
  observeResponse(requester, subject, output);
}
