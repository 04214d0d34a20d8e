/**
 * Alerts.
 *
 * @module
 */

import { formatValue, isBoolean, isDateTime, isObject } from "../../guards.ts";
import { type AlertSeverity, isAlertSeverity } from "../../models/alert.ts";
import type { JsonObject } from "../../models/common.ts";
import { type FieldRules, type Fields, isFilled, optional, own, required } from "../fields.ts";
import { equals, filterRecords, type ListFilters, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply, fieldError, invalidFields } from "../replies.ts";
import type { Route } from "../route.ts";
import type { SandboxAlert, Store } from "../store.ts";
import { renderTemplate } from "../template.ts";
import { findInstance } from "./agent_instances.ts";

const FILTERS: ListFilters<SandboxAlert> = {
  agent_instance_id: equals("agent_instance_id"),
  agent_id: equals("agent_id"),
  environment_id: equals("environment_id"),
  status: equals("status"),
  severity: equals("severity"),
  name: equals("name"),
  "active_during[start_at]": ({ cleared_at }, time) =>
    cleared_at === null || Date.parse(cleared_at) >= Date.parse(time),
  "active_during[finish_at]": ({ raised_at }, time) => Date.parse(raised_at) <= Date.parse(time),
};

const COMMON_FIELDS: FieldRules = {
  agent_instance_id: required(isFilled),
  name: required(isFilled),
  payload_sensitive_encoding: optional(isBoolean),
};

const instanceId: Route["instanceId"] = (_store, { fields }) => fields["agent_instance_id"];

/** The operations on alerts. */
export const ALERT_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "alerts/raise",
    fields: {
      ...COMMON_FIELDS,
      severity: required(isAlertSeverity),
      payload: required(isObject),
      raised_at: optional(isDateTime),
    },
    instanceId,
    handle: (store, { fields }) => ({ details: raise(store, fields) }),
  },
  {
    method: "POST",
    path: "alerts/clear",
    fields: {
      ...COMMON_FIELDS,
      severity: optional(isAlertSeverity),
      payload: optional(isObject),
      cleared_at: optional(isDateTime),
    },
    instanceId,
    handle: (store, { fields }) => ({ details: clear(store, fields) }),
  },
  {
    method: "GET",
    path: "alerts",
    fields: {
      "active_during[start_at]": optional(isDateTime),
      "active_during[finish_at]": optional(isDateTime),
      ...PAGE_FIELDS,
    },
    handle: (store, { fields }) =>
      listPage(store.alerts.records.values(), fields, {
        filters: FILTERS,
        detailsOnly: ["payload", "payload_sensitive_encoding"],
      }),
  },
  {
    method: "GET",
    path: "alerts/count",
    handle: (store, { fields }) => ({
      count: filterRecords(store.alerts.records.values(), fields, FILTERS).length,
    }),
  },
  {
    method: "GET",
    path: "alerts/{alert_id}",
    handle(store, { id }) {
      const details = store.alerts.get(id);
      if (!details) throw new ErrorReply(404, "not_found", "Alert not found");
      return { details };
    },
  },
];

/** Raises an alert, or updates it if it is already raised. */
function raise(store: Store, fields: Fields): SandboxAlert {
  const instance = findInstance(store, fields["agent_instance_id"] as string);
  const name = fields["name"] as string;
  const schemas = store.schemasOf(instance.id).alert_schemas;
  const schema = own(schemas, name);
  if (!schema && Object.keys(schemas).length > 0) {
    throw invalidFields({ name: fieldError("invalid", `There is no alert schema ${formatValue(name)}`) });
  }
  const now = new Date().toISOString();
  const payload = fields["payload"] as JsonObject;
  const raised = findRaised(store, instance.id, name);
  return save(store, {
    type: "alert",
    id: store.account.createId(),
    account_id: store.account.id,
    agent_id: instance.agent_id,
    agent_instance_id: instance.id,
    environment_id: instance.environment_id,
    name,
    title: schema?.title ?? null,
    status: "raised",
    raised_at: (fields["raised_at"] as string | null | undefined) ?? now,
    cleared_at: null,
    inserted_at: now,
    ...raised,
    severity: fields["severity"] as AlertSeverity,
    summary: renderTemplate(schema?.template, payload),
    payload,
    payload_sensitive_encoding: fields["payload_sensitive_encoding"] === true,
    updated_at: now,
  });
}

function clear(store: Store, fields: Fields): SandboxAlert {
  const instance = findInstance(store, fields["agent_instance_id"] as string);
  const raised = findRaised(store, instance.id, fields["name"] as string);
  if (!raised) throw new ErrorReply(409, "invalid_action", "Cannot clear the alert: it is not raised");
  const now = new Date().toISOString();
  const payload = fields["payload"] as JsonObject | null | undefined;
  return save(store, {
    ...raised,
    status: "cleared",
    severity: (fields["severity"] as AlertSeverity | null | undefined) ?? raised.severity,
    ...(payload && {
      payload,
      payload_sensitive_encoding: fields["payload_sensitive_encoding"] === true,
      summary: renderTemplate(
        own(store.schemasOf(instance.id).alert_schemas, raised.name)?.template,
        payload,
      ),
    }),
    cleared_at: (fields["cleared_at"] as string | null | undefined) ?? now,
    updated_at: now,
  });
}

/** Finds the raised alert with this name. An instance has at most one. */
function findRaised(store: Store, instanceId: string, name: string): SandboxAlert | undefined {
  return [...store.alerts.records.values()].find((alert) =>
    alert.agent_instance_id === instanceId && alert.name === name && alert.status === "raised"
  );
}

function save(store: Store, alert: SandboxAlert): SandboxAlert {
  store.alerts.set(alert.id, alert);
  return alert;
}
