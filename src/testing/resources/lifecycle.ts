/**
 * The lifecycle that instances and spans share.
 *
 * @module
 */

import type { AgentStatus, FinishStatus } from "../../models/common.ts";
import type { Fields } from "../fields.ts";
import { ErrorReply } from "../replies.ts";

/** Creates the error for an action that the status does not allow. */
export function invalidAction(action: string, name: string, status: string): ErrorReply {
  return new ErrorReply(409, "invalid_action", `Cannot ${action} the ${name}: its status is "${status}"`);
}

/** Returns the timestamp of the request, which defaults to the current time. */
export function timestampOf(fields: Fields): string {
  return (fields["timestamp"] as string | null | undefined) ?? new Date().toISOString();
}

/**
 * Returns the fields that a finish changes. Only pending resources can be cancelled; for other statuses they must be
 * active.
 */
export function changesOfFinish(fields: Fields, name: string, from: AgentStatus) {
  const status = (fields["status"] as FinishStatus | null | undefined) ?? "complete";
  if (from !== (status === "cancelled" ? "pending" : "active")) {
    throw invalidAction(status === "cancelled" ? "cancel" : "finish", name, from);
  }
  const timestamp = timestampOf(fields);
  return { status, finished_at: timestamp, ...(status === "cancelled" && { started_at: timestamp }) };
}
