/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Components that several views share.
 *
 * @module
 */

import { el, icon, iconOf, setAttribute, setIcon, setText } from "./dom.ts";
import type { Store } from "./store.ts";

/** The address of a view, such as `#/runs/1/2?run=3`. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The parts of the page that views use. */
export interface App {
  readonly store: Store;
  /** Shows a message about what happened. */
  announce(message: string): void;
}

/** A view in the main part of the page. */
export interface View {
  readonly element: HTMLElement;
  readonly title: string;
  /** Shows another address of this view. Returns false if the address belongs to another view. */
  navigate(route: Route): boolean;
  /** Shows the current state of the store. */
  update(): void;
  /** Handles Esc: closes something, or goes back. */
  escape(): void;
  /** Stops timers. */
  dispose?(): void;
}

/** Returns the address of a view. */
export function linkTo(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join("/")}`;
}

/** All statuses, in the order in which filters and counts list them. */
export const STATUSES = ["active", "pending", "complete", "failed", "cancelled", "terminated"] as const;

/** A part of a row or view that shows a value. */
export interface Part<T> {
  readonly element: HTMLElement;
  update(value: T): void;
}

/** Creates a status with its icon and its word. With `isCompact`, only screen readers see the word. */
export function statusPart(isCompact = false): Part<string> {
  const symbol = icon("pending");
  const word = el("span", { class: isCompact ? "sr" : "word" });
  const element = el("span", { class: isCompact ? "status compact" : "status" }, symbol, word);
  return {
    element,
    update(status) {
      setAttribute(element, "data-status", status);
      setIcon(symbol, iconOf(status));
      setText(word, status);
    },
  };
}

/** Creates the mark of an active run. */
export function liveMark(): HTMLElement {
  return el("span", { class: "live" }, "Live");
}

/** A filter by text and by one of several choices. */
export interface Filter {
  readonly element: HTMLElement;
  /** The text in lower case. */
  readonly text: string;
  readonly choice: string;
  /** Sets the choices with the number of items of each. Choices without items are omitted, unless they are selected. */
  setChoices(choices: readonly (readonly [value: string, label: string, count: number])[]): void;
  clear(): void;
}

/** Creates a filter. `/` focuses the first filter of the view. */
export function createFilter(label: string, onChange: () => void): Filter {
  const input = el("input", {
    type: "search",
    placeholder: label,
    "aria-label": label,
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    spellcheck: "false",
    input: onChange,
    keydown: (event) => {
      if ((event as KeyboardEvent).key !== "Escape") return;
      event.stopPropagation();
      if (input.value === "") return input.blur();
      input.value = "";
      onChange();
    },
  });
  const select = el("select", { "aria-label": "Status", change: onChange });
  const element = el(
    "div",
    { class: "filter", role: "search" },
    el("label", { class: "search" }, icon("search"), input, el("kbd", { "aria-hidden": "true" }, "/")),
    select,
  );
  let shown = "";
  return {
    element,
    get text() {
      return input.value.trim().toLowerCase();
    },
    get choice() {
      return select.value;
    },
    setChoices(choices) {
      const kept = choices.filter(([value, , count]) => count > 0 || value === select.value || value === "");
      const texts = kept.map(([, label, count]) => `${label} (${count.toLocaleString("en")})`);
      if (texts.join() === shown) return;
      shown = texts.join();
      const chosen = select.value;
      select.replaceChildren(...kept.map(([value], index) => el("option", { value }, texts[index]!)));
      select.value = chosen;
    },
    clear() {
      input.value = "";
      select.value = "";
      onChange();
    },
  };
}

/** Counts the items by status, and returns the counts as choices for a filter. */
export function statusChoices(items: readonly { readonly status: string }[]): [string, string, number][] {
  const counts = new Map<string, number>();
  for (const { status } of items) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [
    ["", "All", items.length],
    ...STATUSES.map((status): [string, string, number] => [
      status,
      status[0]!.toUpperCase() + status.slice(1),
      counts.get(status) ?? 0,
    ]),
  ];
}

/** Creates the content that a view shows in place of an empty list. */
export function emptyState(heading: string, ...children: (Node | string)[]): HTMLElement {
  return el("div", { class: "empty" }, el("h2", {}, heading), ...children);
}

/** Creates the content that a view shows if no item matches the filter. */
export function noMatchState(noun: string, clear: () => void): HTMLElement {
  return emptyState(
    `No ${noun} matches the filter`,
    el("button", { type: "button", click: clear }, "Clear the filter"),
  );
}

/** A table and its scrollable part. */
export interface Table {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
}

/** Creates a table without rows. The arrow keys move between its links. `kind` is its class. */
export function createTable(kind: string, label: string, columns: readonly string[]): Table {
  const scroller = el("div", { class: "scroller", role: "rowgroup" });
  moveByArrows(scroller);
  const headers = columns.map((name) => el("div", { role: "columnheader" }, name));
  const head = el(
    "div",
    { class: "head", role: "rowgroup" },
    el("div", { class: "cells", role: "row" }, ...headers),
  );
  return {
    element: el("div", { class: `table ${kind}`, role: "table", "aria-label": label }, head, scroller),
    scroller,
  };
}

/** Lets the arrow keys move the focus between the links of a list. */
function moveByArrows(list: HTMLElement): void {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...list.querySelectorAll<HTMLElement>("a[href]")];
    const index = links.indexOf(document.activeElement as HTMLElement);
    const next = links[Math.min(links.length - 1, Math.max(0, index + step))];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.closest(".row")?.scrollIntoView({ block: "nearest" });
  });
}
