/**
 * From a method, a path and a body to an answer.
 *
 * @module
 */

import { fail, isDateTime, isObject, isString } from "../guards.ts";
import type { BulkItem } from "../models/bulk.ts";
import type { Answer, FieldErrors, Fields } from "./replies.ts";
import { fieldError, findFieldErrors, invalidFields, isFilled, Refusal } from "./replies.ts";
import type { Body } from "./operations.ts";
import {
  assertFields,
  createSpan,
  findInstance,
  findSpan,
  finishInstance,
  finishSpan,
  registerInstance,
  startInstance,
} from "./operations.ts";
import type { Store } from "./store.ts";

/** A request with its body read. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The header; a key in the body counts more. */
  readonly idempotencyKey: string | null;
  readonly text: string;
  /** The parsed text; `undefined` where it is no JSON. */
  readonly json: unknown;
}

interface Target {
  /** The id in the path, decoded. */
  readonly id: string;
  readonly body: Body;
  readonly query: URLSearchParams;
}

interface Operation {
  /** The fields of the answer beside `status`. */
  run(store: Store, target: Target): Record<string, unknown>;
  /** The instance that it is about. */
  about?(store: Store, target: Target): unknown;
}

const aboutInstance: Operation["about"] = (_store, { id }) => id;
const aboutSpan: Operation["about"] = (store, { id }) => store.spans.get(id)?.agent_instance_id;

const register: Operation = { run: (store, { body }) => ({ details: registerInstance(store, body) }) };
const start: Operation = {
  run: (store, { id, body }) => ({ details: startInstance(store, id, body) }),
  about: aboutInstance,
};
const finish: Operation = {
  run: (store, { id, body }) => ({ details: finishInstance(store, id, body) }),
  about: aboutInstance,
};
const create: Operation = {
  run: (store, { body }) => ({ details: createSpan(store, body, false) }),
  about: (_store, { body: { details } }) => isObject(details) ? details["agent_instance_id"] : undefined,
};
const createFlat: Operation = {
  run: (store, { body }) => ({ details: createSpan(store, body, true) }),
  about: (_store, { body }) => (isObject(body["details"]) ? body["details"] : body)["agent_instance_id"],
};
const end: Operation = {
  run: (store, { id, body }) => ({ details: finishSpan(store, id, body) }),
  about: aboutSpan,
};
const getInstance: Operation = {
  run: (store, { id }) => ({ details: findInstance(store, id) }),
  about: aboutInstance,
};
const getSpan: Operation = { run: (store, { id }) => ({ details: findSpan(store, id) }), about: aboutSpan };
const listSpans: Operation = {
  run: (store, { query }) => spansPage(store, query),
  about: (_store, { query }) => query.get("agent_instance_id"),
};
const bulk: Operation = { run: (store, { body }) => ({ outputs: runItems(store, body) }) };
const ping: Operation = { run: () => ({}) };

/** The operations by path and method; `*` stands for an id, and a path without one comes before it. */
const ROUTES: readonly { path: readonly string[]; methods: { readonly [method: string]: Operation } }[] = [
  { path: ["agent_spans"], methods: { POST: create, GET: listSpans } },
  { path: ["agent_spans", "*", "finish"], methods: { POST: end } },
  { path: ["agent_spans", "*"], methods: { GET: getSpan } },
  { path: ["bulk"], methods: { POST: bulk } },
  { path: ["agent_instance", "register"], methods: { POST: register } },
  { path: ["agent_instance", "*", "start"], methods: { POST: start } },
  { path: ["agent_instance", "*", "finish"], methods: { POST: finish } },
  { path: ["agent_instance", "*"], methods: { GET: getInstance } },
  { path: ["ping"], methods: { GET: ping } },
];

/** The operations of bulk items by `_type`, each with the fields that can name the id in its path. */
const ITEM_TYPES = new Map<string, { operation: Operation; id: readonly string[] }>([
  ["agent_instances/register", { operation: register, id: [] }],
  ["agent_instances/start", { operation: start, id: ["agent_instance_id", "id"] }],
  ["agent_instances/finish", { operation: finish, id: ["agent_instance_id", "id"] }],
  ["agent_spans/create", { operation: createFlat, id: [] }],
  ["agent_spans/finish", { operation: end, id: ["agent_span_id", "id"] }],
]);

/** Carries a call out. The caller has checked the token. */
export function answerCall(store: Store, call: Call): Answer & { readonly allow?: string } {
  const segments = segmentsOf(call.path);
  const route = segments && ROUTES.find(({ path }) => matches(path, segments));
  if (!route) return new Refusal(404, "not_found", `Nothing is found at ${call.path}`).answer;
  const operation = Object.hasOwn(route.methods, call.method) ? route.methods[call.method] : undefined;
  if (!operation) {
    const allow = Object.keys(route.methods).join(", ");
    const { answer } = new Refusal(
      405,
      "method_not_allowed",
      `${call.path} takes ${allow}, not ${call.method}`,
    );
    return { ...answer, allow };
  }
  const id = segments[route.path.indexOf("*")] ?? "";
  const query = new URLSearchParams(call.query);
  if (call.method === "GET") {
    return store.account.deployment && operation !== ping
      ? new Refusal(401, "unauthorized", "A deployment-scoped token cannot read").answer
      : perform(store, operation, { id, body: {}, query });
  }
  const body = call.text === "" ? {} : call.json;
  if (!isObject(body)) return new Refusal(400, "bad_request", "The body is no JSON object").answer;
  const key = body["idempotency_key"] ?? call.idempotencyKey ?? undefined;
  if (key === undefined) return perform(store, operation, { id, body, query });
  if (!isKey(key)) {
    return invalidFields({ idempotency_key: fieldError("invalid", "The key must be 1 to 64 characters") })
      .answer;
  }
  const scope = `${call.method} ${call.path} ${key}`;
  return performOnce(store, operation, { id, body, query }, { scope, text: call.text });
}

function segmentsOf(path: string): string[] | undefined {
  if (!path.startsWith("/api/v1/")) return undefined;
  try {
    return path.slice("/api/v1/".length).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matches(path: readonly string[], segments: readonly string[]): boolean {
  return path.length === segments.length &&
    path.every((part, index) => part === segments[index] || (part === "*" && segments[index] !== ""));
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 64;
}

/** Answers as the first time where the scope is known, and refuses another text under it. */
function performOnce(
  store: Store,
  operation: Operation,
  target: Target,
  { scope, text }: { scope: string; text: string },
): Answer {
  const first = store.answers.get(scope);
  if (first?.body === text) return first.answer;
  if (first) {
    const error = fieldError("taken", "The key was used with another body");
    const { answer } = invalidFields({ idempotency_key: error });
    return withControl(answer, store, operation.about?.(store, target));
  }
  const answer = perform(store, operation, target);
  store.answers.set(scope, { body: text, answer });
  return answer;
}

function perform(store: Store, operation: Operation, target: Target): Answer {
  const about = operation.about?.(store, target);
  try {
    const content = operation.run(store, target);
    return withControl({ status: 200, content: { status: "success", ...content } }, store, about);
  } catch (error) {
    if (error instanceof Refusal) return withControl(error.answer, store, about);
    throw error;
  }
}

/** Tells the caller to stop where the answer is about a terminated instance. */
function withControl(answer: Answer, store: Store, instanceId: unknown): Answer {
  const instance = typeof instanceId === "string" ? store.instances.get(instanceId) : undefined;
  if (instance?.status !== "terminated") return answer;
  const control = { terminate: true, reason: instance.termination_reason };
  return { ...answer, content: { ...answer.content, control } };
}

/** Carries the items out in order, up to the first that fails. */
function runItems(store: Store, body: Body): Record<string, unknown> {
  const outputs: [string, Record<string, unknown>][] = [];
  for (const item of itemsOf(body)) {
    const { status, content } = runItem(store, item);
    outputs.push([item.idempotency_key, content]);
    if (status !== 200) break;
  }
  return Object.fromEntries(outputs);
}

function runItem(store: Store, item: BulkItem): Answer {
  const type = ITEM_TYPES.get(item._type);
  if (!type) return invalidFields({ _type: fieldError("invalid", `There is no ${item._type}`) }).answer;
  const id = type.id.map((field) => item[field]).find((value) => isString(value)) ?? "";
  if (type.id.length > 0 && id === "") {
    return invalidFields({ [type.id[0]!]: fieldError("required", "The id is required") }).answer;
  }
  const target = { id, body: item, query: new URLSearchParams() };
  const scope = `${item._type} ${item.idempotency_key}`;
  return performOnce(store, type.operation, target, { scope, text: JSON.stringify(item) });
}

const ITEM_FIELDS: Fields = {
  _type: { is: isFilled, required: true },
  idempotency_key: { is: isItemKey, required: true },
};

function isItemKey(value: unknown): boolean {
  return isString(value) && (value.length >= 8 && value.length <= 64 || fail("8 to 64 characters"));
}

function itemsOf(body: Body): BulkItem[] {
  const items = body["items"];
  if (items === undefined || items === null || Array.isArray(items) && items.length === 0) {
    throw invalidFields({ items: fieldError("required", "At least one item is required") });
  }
  if (!Array.isArray(items)) throw invalidFields({ items: fieldError("invalid", "items must be an array") });
  const keys = new Set<unknown>();
  const errors: FieldErrors = {};
  items.forEach((item: unknown, index) => {
    const fault = isObject(item)
      ? findFieldErrors(ITEM_FIELDS, item)
      : fieldError("invalid", "Must be an object");
    const key = isObject(item) ? item["idempotency_key"] : undefined;
    if (fault) errors[index] = fault;
    else if (keys.has(key)) {
      errors[index] = { idempotency_key: fieldError("taken", "The key is another item's") };
    }
    keys.add(key);
  });
  if (Object.keys(errors).length > 0) throw invalidFields({ items: errors });
  return items;
}

const LIST_FIELDS: Fields = {
  agent_instance_id: { is: isFilled, required: true },
  start_time: { is: isDateTime },
  end_time: { is: isDateTime },
  "pagination[offset]": { is: (value) => /^\d{1,9}$/.test(String(value)) || fail("an integer from 0") },
  "pagination[page_size]": {
    is: (value) => /^[1-9]\d?$|^100$/.test(String(value)) || fail("an integer from 1 to 100"),
  },
};

function spansPage(store: Store, query: URLSearchParams): Record<string, unknown> {
  assertFields(LIST_FIELDS, Object.fromEntries(query));
  const from = Date.parse(query.get("start_time") ?? "");
  const to = Date.parse(query.get("end_time") ?? "");
  const spans = store.spansOf(findInstance(store, query.get("agent_instance_id")!).id).filter((span) => {
    const at = Date.parse(span.started_at ?? span.inserted_at ?? "");
    return !(at < from) && !(at > to);
  });
  const offset = Number(query.get("pagination[offset]") ?? 0);
  const size = Number(query.get("pagination[page_size]") ?? 100);
  const summaries = spans.slice(offset, offset + size);
  return {
    summaries,
    pagination: {
      item_count: spans.length,
      item_start: summaries.length > 0 ? offset + 1 : 0,
      item_end: summaries.length > 0 ? offset + summaries.length : 0,
      page_count: Math.ceil(spans.length / size),
      page_index: Math.floor(offset / size),
      page_offset: offset,
      page_size: size,
      next_page_offset: offset + size < spans.length ? offset + size : null,
      previous_page_offset: offset > 0 ? Math.max(0, offset - size) : null,
    },
    sorting: null,
  };
}
