/// <reference lib="dom" />
/**
 * The header of a run, with its facts and actions.
 *
 * @module
 */

import type { RequestRow, RunRow, SpanRow } from "../src/testing/page/rows.ts";
import { askToTerminate } from "./dialogs.ts";
import { copyButton, el, icon, setText } from "./dom.ts";
import { formatCount, formatDuration, formatTime, parseTime } from "./format.ts";
import { type App, liveMark, statusPart } from "./parts.ts";
import { spanCountsPart } from "./runs.ts";
import { isLive, originOfFailure, periodOfRun, type TreeNode } from "./tree.ts";

/** The header of a run. */
export interface Facts {
  readonly element: HTMLElement;
  /** Shows a run and its spans. */
  update(run: RunRow, nodes: readonly TreeNode[]): void;
  /** Shows how long the run has lasted. */
  tick(run: RunRow): void;
}

/** Creates the header of a run. `select` shows a span. */
export function createFacts(app: App, id: string, select: (spanId: string) => void): Facts {
  const { store } = app;
  const agent = el("h1", { id: "title" });
  const version = el("span", { class: "version" });
  const status = statusPart();
  const live = liveMark();
  const started = el("dd");
  const duration = el("dd", { class: "number" });
  const counts = spanCountsPart();
  const requests = el("a", { href: `#/requests?run=${encodeURIComponent(id)}` });
  const reason = el("p", { class: "callout", "data-status": "terminated" });
  const failure = hint("failed", select);
  const mismatch = hint("warning", select);
  const externalId = fact("External ID", el("dd"));
  const terminate = el(
    "button",
    { type: "button", class: "danger", click: () => askToTerminate(app, id) },
    icon("stop"),
    "Terminate",
  );
  const download = el(
    "a",
    { class: "button", href: `/_sandbox/runs/${encodeURIComponent(id)}`, download: `run-${id}.json` },
    icon("download"),
    "Download",
  );
  const element = el(
    "header",
    { class: "facts" },
    el(
      "div",
      { class: "line" },
      el("nav", { "aria-label": "Breadcrumb" }, el("a", { href: "#/" }, "Runs"), icon("chevron")),
      agent,
      version,
      status.element,
      live,
      el("div", { class: "actions" }, terminate, download),
    ),
    el(
      "dl",
      {},
      fact("Started", started),
      fact("Duration", duration),
      fact("Spans", el("dd", {}, counts.element)),
      fact("Requests", el("dd", {}, requests)),
      externalId,
      fact("Run ID", el("dd", {}, el("code", {}, id), copyButton("the run ID", () => id))),
    ),
    reason,
    el("div", { class: "hints" }, failure.element, mismatch.element),
  );
  return {
    element,
    update(run, nodes) {
      setText(agent, store.agentOf(run));
      setText(version, run.version ?? "");
      status.update(run.status);
      live.hidden = !isLive(run);
      setText(started, formatTime(parseTime(run.started_at), store.now()));
      counts.update(run);
      setText(requests, describeRequests([...store.requests.values()].filter(({ run_id }) => run_id === id)));
      terminate.hidden = !isLive(run);
      reason.hidden = run.termination_reason === null;
      setText(reason, `Terminated: ${run.termination_reason}`);
      externalId.hidden = run.external_identifier === null;
      setText(externalId.lastElementChild!, run.external_identifier ?? "");
      failure.update(
        originOfFailure(nodes),
        ({ title, name, note }) => `Failed in ${title ?? name}${note ? `: ${note}` : ""}`,
      );
      mismatch.update(
        nodes.find(({ span }) => span.mismatches > 0),
        ({ title, name }) => `First schema mismatch: ${title ?? name}`,
      );
    },
    tick(run) {
      const { start, end } = periodOfRun(run, store.now());
      setText(duration, run.started_at ? formatDuration(end - start) : "–");
    },
  };
}

/** A button that describes a problem with a span and shows the span. */
interface Hint {
  readonly element: HTMLElement;
  update(node: TreeNode | undefined, describe: (span: SpanRow) => string): void;
}

function hint(status: string, select: (spanId: string) => void): Hint {
  let spanId = "";
  const text = el("span");
  const element = el(
    "button",
    { type: "button", class: "callout", "data-status": status, click: () => select(spanId) },
    text,
    icon("chevron"),
  );
  return {
    element,
    update(node, describe) {
      element.hidden = !node;
      if (!node) return;
      spanId = node.span.id;
      setText(text, describe(node.span));
    },
  };
}

function fact(name: string, value: HTMLElement): HTMLElement {
  return el("div", {}, el("dt", {}, name), value);
}

function describeRequests(requests: readonly RequestRow[]): string {
  const failed = requests.filter(hasFailed).length;
  return formatCount(requests.length, "request") + (failed > 0 ? ` · ${failed} failed` : "");
}

/** Returns whether a request ended without success. */
export function hasFailed({ status, duration, failed_items }: RequestRow): boolean {
  return duration !== null && status !== 200 || failed_items > 0;
}
