/// <reference lib="dom" />
/**
 * The list of runs.
 *
 * @module
 */

import type { RunRow } from "../src/testing/page/rows.ts";
import { copyButton, el, setAttribute, setText } from "./dom.ts";
import { formatAge, formatCount, formatDuration, formatTime } from "./format.ts";
import { type Row, VirtualList } from "./list.ts";
import {
  type App,
  createFilter,
  createTable,
  emptyState,
  linkTo,
  liveMark,
  noMatchState,
  type Part,
  statusChoices,
  statusPart,
  type View,
} from "./parts.ts";
import { isLive, periodOfRun, startOf } from "./tree.ts";

/** Creates the view of all runs. */
export function runsView(app: App): View {
  const { store } = app;
  const filter = createFilter("Filter by agent, version, ID or reason", update);
  const columns = ["Agent", "Status", "Started", "Duration", "Spans"];
  const { element: table, scroller } = createTable("runs", "Runs", columns);
  const list = new VirtualList({ scroller, keyOf: ({ id }: RunRow) => id, createRow: () => runRow(app) });
  const empty = firstSteps();
  const none = noMatchState("run", () => filter.clear());
  const loading = emptyState("Loading…");
  const element = el(
    "section",
    { class: "view", "aria-labelledby": "title" },
    el("div", { class: "toolbar" }, el("h1", { id: "title" }, "Runs"), filter.element),
    table,
    empty,
    none,
    loading,
  );
  const timer = setInterval(update, 1_000);
  return {
    element,
    title: "Runs",
    navigate: ({ path }) => path.length === 0,
    update,
    escape: () => filter.clear(),
    dispose: () => clearInterval(timer),
  };

  function update(): void {
    const runs = [...store.runs.values()].sort(compareRuns);
    filter.setChoices(statusChoices(runs));
    const shown = runs.filter(matches);
    list.setItems(shown);
    setAttribute(table, "aria-rowcount", shown.length + 1);
    const isEmpty = runs.length === 0;
    filter.element.hidden = isEmpty;
    table.hidden = shown.length === 0;
    loading.hidden = store.isLoaded;
    empty.hidden = !isEmpty || !store.isLoaded;
    none.hidden = isEmpty || shown.length > 0;
  }

  function matches(run: RunRow): boolean {
    if (filter.choice !== "" && run.status !== filter.choice) return false;
    const texts = [
      store.agentOf(run),
      run.agent_id,
      run.version,
      run.id,
      run.external_identifier,
      run.termination_reason,
    ];
    return texts.join("\n").toLowerCase().includes(filter.text);
  }
}

/** Orders runs by start time, newest first. */
function compareRuns(a: RunRow, b: RunRow): number {
  return startOf(b) - startOf(a) || (a.id < b.id ? 1 : -1);
}

function runRow({ store }: App): Row<RunRow> {
  const agent = el("a", { class: "name" });
  const version = el("span", { class: "version" });
  const live = liveMark();
  const detail = el("div", { class: "detail" });
  const status = statusPart();
  const started = el("div", {});
  const age = el("div", { class: "detail" });
  const duration = el("div", { class: "number", role: "cell" });
  const spans = spanCountsPart();
  const element = el(
    "div",
    { class: "row cells", role: "row" },
    el("div", { class: "agent", role: "cell" }, el("div", { class: "line" }, agent, version, live), detail),
    el("div", { class: "state", role: "cell" }, status.element),
    el("div", { class: "started", role: "cell" }, started, age),
    duration,
    el("div", { class: "spans", role: "cell" }, spans.element),
  );
  return {
    element,
    update(run, index) {
      const start = startOf(run);
      const period = periodOfRun(run, store.now());
      setAttribute(element, "data-run-id", run.id);
      setAttribute(element, "aria-rowindex", index + 2);
      setAttribute(agent, "href", linkTo("runs", run.id));
      setText(agent, store.agentOf(run));
      setText(version, run.version ?? "");
      setText(detail, run.termination_reason ?? run.id);
      setAttribute(detail, "class", run.termination_reason ? "detail reason" : "detail mono");
      status.update(run.status);
      live.hidden = !isLive(run);
      setText(started, formatTime(start, store.now()));
      setText(age, formatAge(start, store.now()));
      setText(duration, run.started_at ? formatDuration(period.end - period.start) : "–");
      spans.update(run);
    },
  };
}

/** Creates a bar that shows the proportion of each status, and the counts as text. */
export function spanCountsPart(): Part<RunRow> {
  const bars = (["complete", "failed", "active", "pending", "cancelled"] as const).map((status) => ({
    status,
    bar: el("i", { "data-status": status }),
  }));
  const text = el("span", {});
  const meter = el("span", { class: "meter", "aria-hidden": "true" }, ...bars.map(({ bar }) => bar));
  return {
    element: el("div", { class: "counts" }, text, meter),
    update({ span_counts: counts }) {
      const parts = bars.filter(({ status }) => status !== "complete" && counts[status] > 0)
        .map(({ status }) => `${counts[status]} ${status}`);
      setText(text, [formatCount(counts.total, "span"), ...parts].join(" · "));
      meter.hidden = counts.total === 0;
      for (const { status, bar } of bars) {
        bar.hidden = counts[status] === 0;
        bar.style.flexGrow = String(counts[status]);
      }
    },
  };
}

/** Creates the instructions for new users: the variables to set, and a program that records a run. */
function firstSteps(): HTMLElement {
  const variables = [
    `export PREFACTOR_API_URL=${location.origin}`,
    "export PREFACTOR_API_TOKEN=<the token that the sandbox printed>",
  ].join("\n");
  return emptyState(
    "No runs yet",
    el("p", {}, "A run appears here as soon as an agent registers it. Set these two variables:"),
    snippet("variables", variables),
    el(
      "p",
      {},
      "Then run your agent, or save these five lines as ",
      el("code", {}, "run.ts"),
      " and start them with ",
      el("code", {}, "deno run -A run.ts"),
      ":",
    ),
    snippet("program", PROGRAM),
  );
}

/** A program of five lines that records a run. */
const PROGRAM = `import { PrefactorHttpClient } from "jsr:@prefactor/http";
import { recordRun } from "jsr:@prefactor/http/recorder";
await using client = PrefactorHttpClient.fromEnv();
const agent = { agent_id: "greeter", agent_version: {}, agent_schema_version: { span_schemas: { greet: {} } } };
await recordRun(client, agent, (run) => run.span("greet", { payload: { name: "Ada" } }, () => "Hello, Ada"));`;

function snippet(label: string, text: string): HTMLElement {
  return el(
    "div",
    { class: "snippet" },
    el("pre", { tabindex: 0, "aria-label": label }, text),
    copyButton(label, () => text),
  );
}
