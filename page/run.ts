/// <reference lib="dom" />
/**
 * The view of a run.
 *
 * @module
 */

import type { SpanRow } from "../src/testing/page/rows.ts";
import { el } from "./dom.ts";
import { createFacts } from "./facts.ts";
import {
  type App,
  createFilter,
  emptyState,
  linkTo,
  noMatchState,
  statusChoices,
  type View,
} from "./parts.ts";
import { get } from "./server.ts";
import { spanPanel } from "./span.ts";
import { Trace } from "./trace.ts";
import { buildTree, isLive, type TreeNode } from "./tree.ts";

/** The interval at which the bars of active spans grow, in ms. */
const GROWTH_INTERVAL = 100;

/** Creates the view of a run. */
export function runView(app: App, id: string): View {
  const { store } = app;
  let spans: readonly SpanRow[] | undefined;
  let nodes: readonly TreeNode[] = [];
  /** The ID of a span to show as soon as it exists. */
  let awaited: string | undefined;
  /** The IDs of the spans whose payload or result contains the text of the filter. */
  let found = new Set<string>();

  const facts = createFacts(app, id, (spanId) => select(spanId, true));
  const filter = createFilter("Filter spans by name, note, ID or payload", search);
  const trace = new Trace({ now: () => store.now(), onSelect: select, onEnter: () => panel.focus() });
  const panel = spanPanel({ store, onClose: close, onSelect: (spanId) => select(spanId, true) });
  const toggle = el("button", { type: "button", click: () => trace.toggleAll() }, "Fold or unfold all");
  const noSpans = emptyState("No spans yet", el("p", {}, "A span appears here as soon as it is recorded."));
  const noMatch = noMatchState("span", () => filter.clear());
  const content = el(
    "div",
    { class: "found" },
    facts.element,
    el("div", { class: "toolbar" }, filter.element, toggle),
    el(
      "div",
      { class: "split" },
      el("div", { class: "pane" }, trace.element, noSpans, noMatch),
      panel.element,
    ),
  );
  const missing = emptyState(
    "There is no such run",
    el("p", {}, "The sandbox keeps its records in memory. A restart or a reset removes them."),
    el("a", { class: "button", href: "#/" }, "All runs"),
  );
  const loading = emptyState("Loading…");
  const element = el("section", { class: "view run", "aria-labelledby": "title" }, content, missing, loading);
  const timer = setInterval(() => {
    const run = store.runs.get(id);
    if (run && isLive(run)) draw();
  }, GROWTH_INTERVAL);

  return {
    element,
    get title() {
      const run = store.runs.get(id);
      return run ? `${store.agentOf(run)}, ${run.status}` : "Run";
    },
    navigate({ path }) {
      if (path[0] !== "runs" || path[1] !== id) return false;
      if (path[2] === undefined) panel.hide();
      else if (path[2] !== panel.spanId) select(path[2], true);
      return true;
    },
    update() {
      const run = store.runs.get(id);
      loading.hidden = store.isLoaded;
      missing.hidden = !store.isLoaded || run !== undefined;
      content.hidden = !run;
      if (!run) return;
      readSpans();
      facts.update(run, nodes);
      draw();
      if (awaited !== undefined) select(awaited, true);
      panel.update();
    },
    escape() {
      if (panel.spanId !== undefined) close();
      else if (isFiltered()) filter.clear();
      else location.hash = "#/";
    },
    dispose: () => clearInterval(timer),
  };

  /** Rebuilds the tree if the spans have changed. */
  function readSpans(): void {
    const current = store.spansOf(id);
    if (current.length === spans?.length && current.every((span, index) => span === spans?.[index])) return;
    spans = current;
    nodes = buildTree(current);
    const mismatches = current.filter((span) => span.mismatches > 0).length;
    filter.setChoices([...statusChoices(current), ["mismatch", "Schema mismatch", mismatches]]);
  }

  function draw(): void {
    const run = store.runs.get(id);
    if (!run) return;
    facts.tick(run);
    trace.update(run, nodes, isFiltered() ? matches : undefined);
    noSpans.hidden = nodes.length > 0;
    noMatch.hidden = nodes.length === 0 || trace.size > 0;
    trace.element.hidden = trace.size === 0;
    toggle.hidden = isFiltered() || !nodes.some(({ descendants }) => descendants > 0);
  }

  function isFiltered(): boolean {
    return filter.text !== "" || filter.choice !== "";
  }

  function matches(span: SpanRow): boolean {
    const { choice } = filter;
    const isChosen = choice === "" || (choice === "mismatch" ? span.mismatches > 0 : span.status === choice);
    const texts = [span.name, span.title, span.note, span.id];
    return isChosen && (found.has(span.id) || texts.join("\n").toLowerCase().includes(filter.text));
  }

  /** Shows the spans that match, and asks the server for spans whose payload matches. */
  async function search(): Promise<void> {
    const { text } = filter;
    found = new Set();
    draw();
    if (text === "") return;
    const query = new URLSearchParams({ text });
    const path = `runs/${encodeURIComponent(id)}/matches?${query}`;
    const { ids } = await get<{ ids: string[] }>(path).catch(() => ({ ids: [] }));
    if (text !== filter.text) return;
    found = new Set(ids);
    draw();
  }

  /**
   * Selects a span, even if it is filtered out. Shows its details if `isOpened` is true or the panel is already open.
   */
  function select(spanId: string, isOpened: boolean): void {
    awaited = nodes.some(({ span }) => span.id === spanId) ? undefined : spanId;
    if (awaited !== undefined) return;
    if (!trace.select(spanId)) {
      filter.clear();
      trace.select(spanId);
    }
    if (!isOpened && panel.spanId === undefined) return;
    panel.show(spanId);
    history.replaceState(null, "", linkTo("runs", id, spanId));
  }

  function close(): void {
    panel.hide();
    history.replaceState(null, "", linkTo("runs", id));
    trace.focus();
  }
}
