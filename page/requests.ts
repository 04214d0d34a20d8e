/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The list of requests, and the details of one.
 *
 * @module
 */

import type { RequestRow } from "../src/testing/page/rows.ts";
import { FAULTS } from "./dialogs.ts";
import { copyButton, el, icon, setAttribute, setText } from "./dom.ts";
import { hasFailed } from "./facts.ts";
import { formatCount, formatDuration, formatTime } from "./format.ts";
import { jsonSection } from "./json.ts";
import { type Row, VirtualList } from "./list.ts";
import { createPanel, factList, section } from "./panel.ts";
import { type App, createFilter, createTable, emptyState, linkTo, noMatchState, type View } from "./parts.ts";
import { get } from "./server.ts";
import type { Store } from "./store.ts";

/** Creates the view of all requests. */
export function requestsView({ store }: App): View {
  let runId: string | null = null;
  const filter = createFilter("Filter by path, status, code, fault or key", update);
  const runFilter = el("a", { class: "button", title: "Show the requests of all runs", href: "#/requests" });
  const columns = ["Time", "Method", "Path", "Status", "Duration", "Idempotency key"];
  const { element: table, scroller } = createTable("requests", "Requests", columns);
  const list = new VirtualList({
    scroller,
    keyOf: ({ id }: RequestRow) => id,
    createRow: () => requestRow(store, () => panel.requestId),
  });
  const panel = requestPanel(store, () => location.hash = addressOf());
  const empty = emptyState(
    "No requests yet",
    el("p", {}, "Requests to the API appear here as they come in."),
  );
  const none = noMatchState("request", () => filter.clear());
  const element = el(
    "section",
    { class: "view", "aria-labelledby": "title" },
    el("div", { class: "toolbar" }, el("h1", { id: "title" }, "Requests"), runFilter, filter.element),
    el("div", { class: "split" }, el("div", { class: "pane" }, table, empty, none), panel.element),
  );
  return {
    element,
    title: "Requests",
    navigate({ path, query }) {
      if (path[0] !== "requests") return false;
      runId = query.get("run");
      if (path[1] === undefined) panel.hide();
      else panel.show(path[1]);
      return true;
    },
    update,
    escape() {
      if (panel.requestId !== undefined) location.hash = addressOf();
      else if (filter.text !== "" || filter.choice !== "") filter.clear();
      else location.hash = runId === null ? "#/" : linkTo("runs", runId);
    },
  };

  /** Returns the address of this view without an open request. */
  function addressOf(): string {
    return linkTo("requests") + (runId === null ? "" : `?run=${encodeURIComponent(runId)}`);
  }

  function update(): void {
    const requests = [...store.requests.values()]
      .filter(({ run_id }) => runId === null || run_id === runId)
      .sort((a, b) => a.id < b.id ? 1 : -1);
    const choices = Object.entries(CHOICES).map(([value, { label, matches }]) =>
      [value, label, requests.filter(matches).length] as const
    );
    filter.setChoices(choices);
    const shown = requests.filter(matches);
    const run = store.runs.get(runId ?? "");
    runFilter.hidden = runId === null;
    runFilter.replaceChildren(`Run of ${run ? store.agentOf(run) : runId}`, icon("close"));
    setAttribute(table, "aria-rowcount", shown.length + 1);
    table.hidden = shown.length === 0;
    empty.hidden = requests.length > 0;
    none.hidden = requests.length === 0 || shown.length > 0;
    list.setItems(shown);
    panel.update();
  }

  function matches(request: RequestRow): boolean {
    if (!CHOICES[filter.choice as keyof typeof CHOICES].matches(request)) return false;
    const { method, path, query, status, code, fault, idempotency_key, id } = request;
    const text = [`${method} ${path}${query}`, status, code, fault, idempotency_key, id].join("\n");
    return text.toLowerCase().includes(filter.text);
  }
}

/** The choices of the filter. */
const CHOICES = {
  "": { label: "All", matches: () => true },
  failed: { label: "Failed", matches: hasFailed },
  fault: { label: "With a fault", matches: ({ fault }: RequestRow) => fault !== null },
  replay: { label: "Replayed", matches: ({ replays }: RequestRow) => replays > 0 },
};

function requestRow(store: Store, openId: () => string | undefined): Row<RequestRow> {
  const time = el("div", { class: "mono muted", role: "cell" });
  const method = el("div", { class: "method", role: "cell" });
  const head = el("span", { class: "name" });
  const tail = el("span", { class: "name" });
  const path = el("a", { class: "mono" }, head, tail);
  const items = el("span", { class: "muted" });
  const fault = el("span", { class: "chip", "data-status": "warning" });
  const replay = el("span", { class: "chip", "data-status": "active" });
  const status = el("div", { class: "code", role: "cell" });
  const duration = el("div", { class: "number", role: "cell" });
  const key = el("div", { class: "key mono muted", role: "cell" });
  const element = el(
    "div",
    { class: "row cells", role: "row" },
    time,
    method,
    el("div", { class: "path", role: "cell" }, path, items, fault, replay),
    status,
    duration,
    key,
  );
  return {
    element,
    update(request, index) {
      setAttribute(element, "data-request-id", request.id);
      setAttribute(element, "aria-rowindex", index + 2);
      setAttribute(element, "data-selected", request.id === openId());
      setText(time, formatTime(request.at, store.now()));
      setText(method, request.method);
      const [, start, end] = /^(?:\/api\/v1\/)?(.*?)([^/]*)$/s.exec(request.path)!;
      setText(head, start!);
      setText(tail, end! + request.query);
      const { search } = new URL(location.hash.slice(1), location.origin);
      setAttribute(path, "href", linkTo("requests", request.id) + search);
      setText(items, describeItems(request));
      fault.hidden = request.fault === null;
      setText(fault, request.fault ?? "");
      replay.hidden = request.replays === 0;
      setText(replay, request.items === null ? "replay" : `${request.replays} replayed`);
      setText(status, describeStatus(request));
      setAttribute(
        status,
        "data-status",
        hasFailed(request) ? "failed" : request.duration === null ? "active" : "complete",
      );
      setText(duration, formatDuration(request.duration ?? undefined));
      setText(key, request.idempotency_key ?? "");
    },
  };
}

function describeItems({ items, failed_items }: RequestRow): string {
  if (items === null) return "";
  return formatCount(items, "item") + (failed_items > 0 ? `, ${failed_items} failed` : "");
}

function describeStatus({ status, duration, code }: RequestRow): string {
  if (status !== null) return code ? `${status} ${code}` : String(status);
  return duration === null ? "under way" : "no response";
}

interface RequestPanel {
  readonly element: HTMLElement;
  /** The ID of the request that is shown, or `undefined` while the panel is hidden. */
  readonly requestId: string | undefined;
  show(requestId: string): void;
  /** Shows the request again if it has changed. */
  update(): void;
  hide(): void;
}

function requestPanel(store: Store, onClose: () => void): RequestPanel {
  const panel = createPanel("Request", onClose);
  let requestId: string | undefined;
  let shown: RequestRow | undefined;
  return {
    element: panel.element,
    get requestId() {
      return requestId;
    },
    show(id) {
      requestId = id;
      update();
    },
    update,
    hide() {
      requestId = shown = undefined;
      panel.hide();
    },
  };

  async function update(): Promise<void> {
    const row = store.requests.get(requestId ?? "");
    if (!row || row === shown) return;
    shown = row;
    const heading = [el("span", { class: "method" }, row.method), row.path];
    const details = await get<{ headers: object; body?: unknown; response?: unknown }>(
      `requests/${encodeURIComponent(row.id)}`,
    ).catch(() => undefined);
    if (shown !== row || !details) return;
    const { headers, body, response } = details;
    panel.show(
      heading,
      describeRequest(row),
      body === undefined ? section("Body", el("p", { class: "muted" }, "None")) : jsonSection("Body", body),
      response === undefined ? section("Response", el("p", { class: "muted" }, "None")) : jsonSection(
        isDelivered(row) ? "Response" : "Response (not delivered)",
        response,
      ),
      jsonSection("Headers", headers),
    );
  }

  function describeRequest(row: RequestRow): HTMLElement {
    const run = store.runs.get(row.run_id ?? "");
    const key = row.idempotency_key;
    return factList([
      ["Status", describeStatus(row)],
      ["Fault", row.fault === null ? undefined : `${FAULTS[row.fault]} (${row.fault})`],
      ["Time", formatTime(row.at, store.now())],
      ["Duration", formatDuration(row.duration ?? undefined)],
      ["Query", row.query === "" ? undefined : el("code", {}, row.query)],
      ["Items", row.items === null ? undefined : describeItems(row)],
      ["Replay", describeReplays(row)],
      [
        "Idempotency key",
        key === null
          ? row.items === null ? "None" : "One for each item"
          : el("span", {}, el("code", {}, key), copyButton("the idempotency key", () => key)),
      ],
      ["Run", run && el("a", { href: linkTo("runs", run.id) }, store.agentOf(run))],
      ["Request ID", el("span", {}, el("code", {}, row.id), copyButton("the request ID", () => row.id))],
    ]);
  }
}

/** Returns whether the client received the actual reply. */
function isDelivered({ status, fault, duration }: RequestRow): boolean {
  return duration === null || status !== null && fault !== "garbage";
}

function describeReplays({ replays, items }: RequestRow): string {
  if (replays === 0) return "No";
  return items === null
    ? "Yes, of the reply to the first request with this key"
    : `${replays} of ${items} items`;
}
