/// <reference lib="dom" />
/**
 * Shows JSON as a tree that can be unfolded.
 *
 * @module
 */

import { copyButton, el } from "./dom.ts";

/** The number of entries of a value, and of characters of a text, that are shown at first. */
const MAX_ENTRIES = 100;
const MAX_CHARACTERS = 2_000;

/** The depth to which values are initially unfolded, if they have few entries. */
const OPEN_DEPTH = 2;
const OPEN_ENTRIES = 24;

/** Creates a section with a heading, a value as folded JSON, and a button that copies it. */
export function jsonSection(heading: string, value: unknown): HTMLElement {
  const text = () => typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return el(
    "section",
    { class: "section" },
    el("div", { class: "section-head" }, el("h3", {}, heading), copyButton(heading.toLowerCase(), text)),
    el("div", { class: "json" }, valueOf(value, [], 0)),
  );
}

/** Creates the element of a value. The label is the name of the field that holds it. */
function valueOf(value: unknown, label: readonly Node[], depth: number): HTMLElement {
  if (typeof value !== "object" || value === null) {
    return el("div", { class: "leaf" }, ...label, scalarOf(value));
  }
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return el("div", { class: "leaf" }, ...label, isArray ? "[]" : "{}");
  const size = `${entries.length.toLocaleString("en")} ${isArray ? "item" : "field"}${
    entries.length === 1 ? "" : "s"
  }`;
  const children = el("div", { class: "children" });
  const details = el(
    "details",
    { open: depth === 0 || depth < OPEN_DEPTH && entries.length <= OPEN_ENTRIES },
    el("summary", {}, ...label, el("span", { class: "size" }, isArray ? `[ ${size} ]` : `{ ${size} }`)),
    children,
  );
  const fill = () => {
    if (details.open && !children.hasChildNodes()) addEntries(children, entries, isArray, depth + 1);
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}

/** Adds the first entries, and a button that adds the next ones. */
function addEntries(
  parent: HTMLElement,
  entries: [string, unknown][],
  isArray: boolean,
  depth: number,
): void {
  for (const [name, value] of entries.slice(0, MAX_ENTRIES)) {
    const label = el("span", { class: isArray ? "index" : "key" }, name);
    parent.append(valueOf(value, [label, document.createTextNode(": ")], depth));
  }
  const rest = entries.slice(MAX_ENTRIES);
  if (rest.length === 0) return;
  parent.append(moreButton(`Show ${Math.min(MAX_ENTRIES, rest.length)} more of ${rest.length}`, () => {
    addEntries(parent, rest, isArray, depth);
  }));
}

function scalarOf(value: unknown): Node {
  if (typeof value !== "string") {
    return el("span", { class: value === null ? "null" : typeof value }, String(value));
  }
  if (value.length <= MAX_CHARACTERS) return el("span", { class: "string" }, value);
  const text = document.createTextNode(`${value.slice(0, MAX_CHARACTERS)}…`);
  const more = moreButton(
    `Show all ${value.length.toLocaleString("en")} characters`,
    () => text.data = value,
  );
  return el("span", { class: "string" }, text, more);
}

/** Creates a button that is replaced by what it shows. */
function moreButton(label: string, show: () => void): HTMLButtonElement {
  return el("button", {
    type: "button",
    class: "link",
    click: ({ currentTarget }) => {
      (currentTarget as Element).remove();
      show();
    },
  }, label);
}
