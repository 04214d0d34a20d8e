/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The spans of a run as a tree beside a timeline.
 *
 * @module
 */

import type { RunRow, SpanRow } from "../src/testing/page/rows.ts";
import { el, icon, setAttribute, setText } from "./dom.ts";
import { formatDuration, formatTick } from "./format.ts";
import { type Row, VirtualList } from "./list.ts";
import { statusPart } from "./parts.ts";
import {
  isLive,
  type Period,
  periodOfRun,
  periodOfSpan,
  periodOfTimeline,
  tickStep,
  type TreeNode,
  visibleNodes,
} from "./tree.ts";

/** The minimum distance between two ticks of the ruler, in px. */
const TICK_DISTANCE = 80;

/** The options of a {@linkcode Trace}. */
export interface TraceOptions {
  now(): number;
  /** Called when the user moves to a span. `isOpened` means that they want to see its details. */
  onSelect(spanId: string, isOpened: boolean): void;
  /** Called when the user moves to the details of the span with the keyboard. */
  onEnter(): void;
}

/** A tree of spans with their bars. The pointer and the keyboard can fold, select and open spans. */
export class Trace {
  readonly element: HTMLElement;
  readonly #options: TraceOptions;
  readonly #tree = el("div", { class: "scroller tree", role: "tree", tabindex: 0, "aria-label": "Spans" });
  readonly #ruler = el("div", { class: "ruler", "aria-hidden": "true" });
  readonly #list: VirtualList<TreeNode>;
  readonly #folded = new Set<string>();
  #nodes: readonly TreeNode[] = [];
  #shown: readonly TreeNode[] = [];
  #matches: ((span: SpanRow) => boolean) | undefined;
  #selected: string | undefined;
  #run: Period = { start: 0, end: 0 };
  #timeline: Period = { start: 0, end: 1 };

  constructor(options: TraceOptions) {
    this.#options = options;
    this.#list = new VirtualList({
      scroller: this.#tree,
      keyOf: ({ span }) => span.id,
      createRow: () => this.#createRow(),
    });
    this.#tree.addEventListener("click", (event) => this.#onClick(event));
    this.#tree.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.#drawRuler()).observe(this.#ruler);
    const head = el(
      "div",
      { class: "head cells", "aria-hidden": "true" },
      el("div", {}, "Span"),
      el("div", { class: "number" }, "Duration"),
      this.#ruler,
    );
    this.element = el("div", { class: "trace" }, head, this.#tree);
  }

  /** The number of spans that are neither folded nor filtered out. */
  get size(): number {
    return this.#shown.length;
  }

  /** Shows all spans of a run, or the spans that match and their ancestors. */
  update(run: RunRow, nodes: readonly TreeNode[], matches?: (span: SpanRow) => boolean): void {
    this.#nodes = nodes;
    this.#matches = matches;
    setAttribute(this.element, "data-live", isLive(run));
    this.#run = periodOfRun(run, this.#options.now());
    this.#timeline = periodOfTimeline(run, nodes, this.#options.now());
    this.#drawRuler();
    this.#draw();
  }

  /** Selects a span and scrolls to it. Returns false if it is filtered out. */
  select(spanId: string): boolean {
    const node = this.#nodes.find(({ span }) => span.id === spanId);
    for (let parent = node?.parent; parent; parent = parent.parent) this.#folded.delete(parent.span.id);
    this.#selected = spanId;
    this.#draw();
    if (this.#selected !== spanId) return false;
    this.#list.reveal(this.#selectedIndex());
    return true;
  }

  /** Folds every span below the roots, or unfolds all. */
  toggleAll(): void {
    const isFolded = this.#folded.size > 0;
    this.#folded.clear();
    const parents = this.#nodes.filter(({ descendants }) => descendants > 0);
    const isDeep = parents.some(({ depth }) => depth > 0);
    for (const { span, depth } of isFolded ? [] : parents) {
      if (depth > 0 || !isDeep) this.#folded.add(span.id);
    }
    this.#draw();
  }

  /** Moves the focus to the tree. */
  focus(): void {
    this.#tree.focus();
  }

  #draw(): void {
    this.#shown = visibleNodes(this.#nodes, this.#folded, this.#matches);
    if (this.#selectedIndex() < 0) this.#selected = this.#shown[0]?.span.id;
    setAttribute(this.#tree, "aria-activedescendant", this.#selected && elementIdOf(this.#selected));
    this.#list.setItems(this.#shown, this.#selectedIndex());
  }

  /** Draws the ticks of the ruler. The rows draw lines at the same intervals. */
  #drawRuler(): void {
    const length = this.#timeline.end - this.#timeline.start;
    const step = tickStep(length, Math.floor(this.#ruler.clientWidth / TICK_DISTANCE));
    this.element.style.setProperty("--tick", `${step / length * 100}%`);
    const count = Math.floor(length / step) + 1;
    while (this.#ruler.childElementCount > count) this.#ruler.lastElementChild!.remove();
    for (let index = 0; index < count; index++) {
      const tick = this.#ruler.children[index] as HTMLElement ?? this.#ruler.appendChild(el("span"));
      setText(tick, formatTick(index * step));
      const left = index * step / length;
      tick.style.left = `${left * 100}%`;
      tick.classList.toggle("last", left > 0.9);
    }
  }

  #selectedIndex(): number {
    return this.#shown.findIndex(({ span }) => span.id === this.#selected);
  }

  /** Returns whether the descendants of a span are hidden, or `undefined` if it has none. */
  #isFolded({ span, descendants }: TreeNode): boolean | undefined {
    return descendants === 0 ? undefined : !this.#matches && this.#folded.has(span.id);
  }

  #fold(node: TreeNode, isFolded: boolean): void {
    if (isFolded) this.#folded.add(node.span.id);
    else this.#folded.delete(node.span.id);
    this.#selected = node.span.id;
    this.#draw();
  }

  #move(index: number): void {
    const { span } = this.#shown[Math.min(this.#shown.length - 1, Math.max(0, index))]!;
    this.#options.onSelect(span.id, false);
  }

  #onClick(event: Event): void {
    const target = event.target as Element;
    const id = target.closest<HTMLElement>("[role=treeitem]")?.dataset["spanId"];
    const node = this.#shown.find(({ span }) => span.id === id);
    if (!node) return;
    const folded = this.#isFolded(node);
    if (target.closest(".twisty") && folded !== undefined) this.#fold(node, !folded);
    else this.#options.onSelect(node.span.id, true);
  }

  #onKey(event: KeyboardEvent): void {
    const index = this.#selectedIndex();
    const node = this.#shown[index];
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const folded = this.#isFolded(node);
    const open = () => {
      this.#options.onSelect(node.span.id, true);
      this.#options.onEnter();
    };
    const actions: Record<string, () => void> = {
      ArrowDown: () => this.#move(index + 1),
      ArrowUp: () => this.#move(index - 1),
      PageDown: () => this.#move(index + this.#list.pageSize),
      PageUp: () => this.#move(index - this.#list.pageSize),
      Home: () => this.#move(0),
      End: () => this.#move(this.#shown.length - 1),
      ArrowRight: () => folded ? this.#fold(node, false) : folded === false && this.#move(index + 1),
      ArrowLeft: () => {
        if (folded === false && !this.#matches) this.#fold(node, true);
        else if (node.parent) this.#options.onSelect(node.parent.span.id, false);
      },
      Enter: open,
      " ": open,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Creates the row of a span, with its entry in the tree and its bar in the timeline. */
  #createRow(): Row<TreeNode> {
    const status = statusPart(true);
    const title = el("b");
    const name = el("span", { class: "name" });
    const warning = el(
      "span",
      { class: "mismatch" },
      icon("warning"),
      el("span", { class: "sr" }, "schema mismatch"),
    );
    const note = el("span", { class: "note" });
    const twisty = el("span", { class: "twisty" }, icon("chevron"));
    const label = el("div", { class: "label" }, twisty, status.element, title, name, warning, note);
    const duration = el("div", { class: "number" });
    const bar = el("i");
    const element = el(
      "div",
      { class: "row cells", role: "treeitem" },
      label,
      duration,
      el("div", { class: "lane" }, bar),
    );
    return {
      element,
      update: (node) => {
        const { span } = node;
        const folded = this.#isFolded(node);
        setAttribute(element, "id", elementIdOf(span.id));
        setAttribute(element, "data-span-id", span.id);
        setAttribute(element, "data-status", span.status);
        setAttribute(element, "aria-level", node.depth + 1);
        setAttribute(element, "aria-posinset", node.position);
        setAttribute(element, "aria-setsize", node.siblings);
        setAttribute(element, "aria-expanded", folded === undefined ? undefined : String(!folded));
        setAttribute(element, "aria-selected", String(span.id === this.#selected));
        label.style.setProperty("--depth", String(node.depth));
        status.update(span.status);
        setText(title, span.title ?? span.name);
        setText(name, span.title ? span.name : "");
        warning.hidden = span.mismatches === 0;
        setText(note, span.note ?? "");
        const { start, end } = periodOfSpan(node, this.#run);
        const hasDuration = node.finish !== undefined || isLive(span);
        setText(duration, hasDuration ? formatDuration(end - start) : "–");
        const length = this.#timeline.end - this.#timeline.start;
        setAttribute(bar, "data-span-id", span.id);
        bar.style.left = `${(start - this.#timeline.start) / length * 100}%`;
        bar.style.width = `${(end - start) / length * 100}%`;
      },
    };
  }
}

function elementIdOf(spanId: string): string {
  return `span-${spanId.replace(/\s/g, "_")}`;
}
