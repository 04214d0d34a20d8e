/**
 * Routes requests to the operations of the API.
 *
 * @module
 */

import { formatValue, isObject, isString } from "../guards.ts";
import type { BulkItem } from "../models/bulk.ts";
import type { Access } from "./authentication.ts";
import { type FieldRules, type Fields, findFieldErrors, isFilled, required } from "./fields.ts";
import { ErrorReply, fieldError, invalidFields, type Reply } from "./replies.ts";
import { MAX_LEVELS, type ReceivedRequest } from "./request_log.ts";
import { AGENT_DEPLOYMENT_ROUTES } from "./resources/agent_deployments.ts";
import { ADMINISTRATION_ROUTES } from "./resources/administration.ts";
import { AGENT_INSTANCE_ROUTES } from "./resources/agent_instances.ts";
import { AGENT_SPAN_ROUTES } from "./resources/agent_spans.ts";
import { AGENT_ROUTES } from "./resources/agents.ts";
import { ALERT_ROUTES } from "./resources/alerts.ts";
import { API_TOKEN_ROUTES } from "./resources/api_tokens.ts";
import { bulkRoute } from "./resources/bulk.ts";
import { PFID_ROUTE } from "./resources/pfids.ts";
import { PING_ROUTE } from "./resources/ping.ts";
import { VERSION_ROUTES } from "./resources/versions.ts";
import type { Route, RouteInput } from "./route.ts";
import type { Deployment, Store } from "./store.ts";

const PREFIX = "/api/v1/";

const DETAILS_RULES: FieldRules = { details: required(isObject) };

const ROUTES: readonly Route[] = [
  ...AGENT_INSTANCE_ROUTES,
  ...AGENT_SPAN_ROUTES,
  ...AGENT_ROUTES,
  ...ALERT_ROUTES,
  ...AGENT_DEPLOYMENT_ROUTES,
  ...VERSION_ROUTES,
  ...API_TOKEN_ROUTES,
  ...ADMINISTRATION_ROUTES,
  bulkRoute(runItem),
  PFID_ROUTE,
  PING_ROUTE,
];

/**
 * The routes with the segments of their paths. Those without an ID come first, so that `agent/show` is not taken for an
 * agent.
 */
const TABLE = ROUTES
  .map((route) => ({ route, segments: route.path.split("/") }))
  .sort((a, b) => Number(a.route.path.includes("{")) - Number(b.route.path.includes("{")));

/** A route and the input to run it with. */
interface Job {
  readonly route: Route;
  readonly input: RouteInput;
  /** The field of the body that contains the fields, if there is one. */
  readonly parent: "details" | undefined;
}

/** Handles a request with a valid token. */
export function handleRequest(store: Store, received: ReceivedRequest, access: Access): Reply {
  return catchErrorReply(() => dispatch(store, received, access));
}

function dispatch(
  store: Store,
  { request, path, query, text, json }: ReceivedRequest,
  { deployment }: Access,
): Reply {
  const { method } = request;
  const segments = decodePath(path);
  const rows = TABLE.filter((row) => matches(row.segments, segments));
  if (rows.length === 0) throw new ErrorReply(404, "not_found", `There is no path ${formatValue(path)}`);
  const row = rows.find(({ route }) => route.method === method);
  if (!row) {
    const allow = rows.map(({ route }) => route.method).join(", ");
    const error = new ErrorReply(
      405,
      "method_not_allowed",
      `The path supports ${allow}, but the method is ${method}`,
    );
    return { ...error.toReply(), allow };
  }
  const { route } = row;
  checkScope(route, deployment);
  const id = segments[row.segments.findIndex(isPlaceholder)] ?? "";
  if (method === "GET") {
    const fields = Object.fromEntries(new URLSearchParams(query));
    return run(store, { route, input: { id, fields, deployment }, parent: undefined });
  }
  const body = text === "" ? {} : json;
  if (!isObject(body)) {
    const message = `The body must be a JSON object of at most ${MAX_LEVELS} levels`;
    throw new ErrorReply(400, "bad_request", message);
  }
  const job = createJob(route, id, body, deployment);
  const key = body["idempotency_key"] ?? request.headers.get("idempotency-key") ?? undefined;
  if (key === undefined) return run(store, job);
  if (!isString(key) || key.length < 1 || key.length > 64) {
    throw invalidFields({ idempotency_key: fieldError("invalid", "The key must have 1 to 64 characters") });
  }
  return runOnce(store, job, `${method} ${path} ${key}`, text);
}

/** Executes an item of a bulk request. */
function runItem(store: Store, item: BulkItem, deployment: Deployment | undefined): Reply {
  return catchErrorReply(() => {
    const route = ROUTES.find(({ bulkType }) => bulkType === item._type);
    if (!route) {
      throw invalidFields({ _type: fieldError("invalid", `There is no type ${formatValue(item._type)}`) });
    }
    checkScope(route, deployment);
    const isFlat = item["details"] === undefined;
    const job = createJob(
      isFlat ? { ...route, hasDetails: false } : route,
      idOfItem(route, item),
      route.method === "GET" ? asQuery(item) : item,
      deployment,
    );
    return runOnce(store, job, `${item._type} ${item.idempotency_key}`, JSON.stringify(item));
  });
}

/** Returns the fields of an item as those of a query, such as `pagination[offset]`. */
function asQuery(item: Fields): Fields {
  const fields = Object.entries(item).flatMap(([field, value]): [string, unknown][] =>
    isObject(value)
      ? Object.entries(value).map(([inner, part]) => [`${field}[${inner}]`, part])
      : [[field, value]]
  );
  return Object.fromEntries(
    fields.map(([field, value]) => [field, value === null ? undefined : String(value)]),
  );
}

function idOfItem({ path }: Route, item: BulkItem): string {
  const field = /\{(\w+)\}/.exec(path)?.[1];
  if (field === undefined) return "";
  const id = item[field] ?? item["id"];
  if (isFilled(id)) return id;
  throw invalidFields({ [field]: fieldError("required", `${field} is required`) });
}

function decodePath(path: string): string[] {
  if (!path.startsWith(PREFIX)) return [];
  try {
    return path.slice(PREFIX.length).split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length &&
    pattern.every((part, index) => isPlaceholder(part) ? segments[index] !== "" : part === segments[index]);
}

function isPlaceholder(part: string): boolean {
  return part.startsWith("{");
}

function checkScope(route: Route, deployment: Deployment | undefined): void {
  if (!deployment || route.allowsDeployment) return;
  const message = `A deployment-scoped token cannot be used for ${route.method} ${PREFIX}${route.path}`;
  throw new ErrorReply(401, "unauthorized", message);
}

/** Finds the fields of an operation in the body, or in its `details` if the operation has them there. */
function createJob(route: Route, id: string, body: Fields, deployment: Deployment | undefined): Job {
  if (!route.hasDetails) return { route, input: { id, fields: body, deployment }, parent: undefined };
  const errors = findFieldErrors(DETAILS_RULES, body);
  if (errors) throw invalidFields(errors);
  return { route, input: { id, fields: body["details"] as Fields, deployment }, parent: "details" };
}

/**
 * Replays the reply if the key was used for the same text, and rejects a different text. Keys are separate by token
 * scope.
 */
function runOnce(store: Store, job: Job, operation: string, text: string): Reply {
  const scope = `${job.input.deployment?.id ?? ""} ${operation}`;
  const first = store.replies.get(scope);
  if (first?.request === text) {
    store.replays++;
    return first.reply;
  }
  if (first) {
    const error = fieldError("taken", "The key was used for another request");
    return withControl(store, job, invalidFields({ idempotency_key: error }).toReply());
  }
  const reply = run(store, job);
  store.replies.set(scope, { request: text, reply });
  return reply;
}

function run(store: Store, job: Job): Reply {
  const { route, input, parent } = job;
  const reply = catchErrorReply(() => {
    const rules = typeof route.fields === "function" ? route.fields(input.deployment) : route.fields ?? {};
    const errors = findFieldErrors(rules, input.fields, route.method === "PUT");
    if (errors) throw invalidFields(errors);
    return { status: 200, body: { status: "success", ...route.handle(store, input) } };
  }, parent);
  return withControl(store, job, reply);
}

/** Returns the reply that the function returns or throws. */
function catchErrorReply(work: () => Reply, parent?: Job["parent"]): Reply {
  try {
    return work();
  } catch (error) {
    if (error instanceof ErrorReply) return error.toReply(parent);
    throw error;
  }
}

/** Adds `control` to a reply about a terminated instance. */
function withControl(store: Store, { route, input }: Job, reply: Reply): Reply {
  const id = route.instanceId?.(store, input);
  const instance = isString(id) ? store.instances.get(id) : undefined;
  if (instance?.status !== "terminated") return reply;
  const control = { terminate: true, reason: instance.termination_reason };
  return { ...reply, body: { ...reply.body, control } };
}
