/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * A list of rows of equal height, which keeps only the visible rows in the document.
 *
 * @module
 */

import { el } from "./dom.ts";

/** The number of rows that are kept ready above and below the visible ones. */
const MARGIN = 8;

/** A row of a list. */
export interface Row<T> {
  readonly element: HTMLElement;
  /** Shows an item. `index` is its position in the list. */
  update(item: T, index: number): void;
}

/** The options of a {@linkcode VirtualList}. */
export interface ListOptions<T> {
  /** The element that scrolls. The CSS variable `--row` sets the height of its rows in px. */
  readonly scroller: HTMLElement;
  keyOf(item: T): string;
  createRow(): Row<T>;
}

/** A list that draws only the visible rows. */
export class VirtualList<T> {
  readonly #options: ListOptions<T>;
  readonly #sizer = el("div", { class: "sizer", role: "none" });
  readonly #rows = new Map<string, Row<T>>();
  #items: readonly T[] = [];
  #pinned = -1;
  #rowHeight = 1;
  #frame = 0;

  constructor(options: ListOptions<T>) {
    this.#options = options;
    const { scroller } = options;
    scroller.append(this.#sizer);
    scroller.addEventListener("scroll", () => this.#drawSoon(), { passive: true });
    new ResizeObserver(() => {
      this.#rowHeight = parseFloat(getComputedStyle(scroller).getPropertyValue("--row"));
      this.draw();
    }).observe(scroller);
  }

  /** Replaces the items. The row of the pinned item stays in the document even if it is not visible. */
  setItems(items: readonly T[], pinned = -1): void {
    this.#items = items;
    this.#pinned = pinned;
    this.draw();
  }

  /** Scrolls the row into view. */
  reveal(index: number): void {
    const { scroller } = this.#options;
    const top = index * this.#rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const least = top + this.#rowHeight - scroller.clientHeight;
    if (least > scroller.scrollTop) scroller.scrollTop = least;
    this.draw();
  }

  /** The number of rows that fit into the view. */
  get pageSize(): number {
    return Math.max(1, Math.floor(this.#options.scroller.clientHeight / this.#rowHeight) - 1);
  }

  /** Draws the visible rows. */
  draw(): void {
    const { scroller, keyOf, createRow } = this.#options;
    this.#sizer.style.height = `${this.#items.length * this.#rowHeight}px`;
    const shown = new Map(this.#indexesToShow().map((index) => [keyOf(this.#items[index]!), index]));
    for (const [key, row] of this.#rows) {
      if (shown.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    let previous: Element | null = null;
    for (const [key, index] of shown) {
      const row = this.#rows.get(key) ?? createRow();
      this.#rows.set(key, row);
      const { element } = row;
      const next: Element | null = previous ? previous.nextElementSibling : this.#sizer.firstElementChild;
      if (element !== next) this.#sizer.insertBefore(element, next);
      element.style.transform = `translateY(${index * this.#rowHeight}px)`;
      row.update(this.#items[index]!, index);
      previous = element;
    }
    const scrollbar = `${scroller.offsetWidth - scroller.clientWidth}px`;
    scroller.parentElement?.style.setProperty("--scrollbar", scrollbar);
  }

  /** Returns the indexes of the visible rows, the pinned row and the focused row, in order. */
  #indexesToShow(): number[] {
    const { scroller, keyOf } = this.#options;
    const first = Math.max(0, Math.floor(scroller.scrollTop / this.#rowHeight) - MARGIN);
    const end = Math.ceil((scroller.scrollTop + scroller.clientHeight) / this.#rowHeight) + MARGIN;
    const last = Math.min(this.#items.length, end) - 1;
    const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
    const focused = [...this.#rows].find(([, { element }]) => element.contains(document.activeElement))?.[0];
    const others = [this.#pinned, focused ? this.#items.findIndex((item) => keyOf(item) === focused) : -1];
    for (const index of new Set(others)) {
      if (index < 0 || index >= this.#items.length) continue;
      if (index < first) indexes.unshift(index);
      else if (index > last) indexes.push(index);
    }
    return indexes.sort((a, b) => a - b);
  }

  #drawSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.draw());
  }
}
