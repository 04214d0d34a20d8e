/// <reference lib="dom" />
/**
 * The panel beside a list, which shows the details of one of its rows.
 *
 * @module
 */

import { el, icon } from "./dom.ts";

/** A panel. It is initially hidden. */
export interface Panel {
  readonly element: HTMLElement;
  /** Shows a heading and contents. */
  show(heading: readonly (Node | string)[], ...content: Node[]): void;
  hide(): void;
  /** Moves the focus to the panel. */
  focus(): void;
}

/** Creates a panel. */
export function createPanel(label: string, onClose: () => void): Panel {
  const heading = el("h2");
  const body = el("div", { class: "panel-body", tabindex: 0, role: "group", "aria-label": label });
  const close = el(
    "button",
    { type: "button", class: "quiet", "aria-label": "Close", click: onClose },
    icon("close"),
  );
  const element = el(
    "aside",
    { class: "panel", "aria-label": label, hidden: true },
    el("div", { class: "panel-head" }, heading, close),
    body,
  );
  return {
    element,
    show(parts, ...content) {
      heading.replaceChildren(...parts);
      body.replaceChildren(...content);
      element.hidden = false;
    },
    hide() {
      element.hidden = true;
    },
    focus: () => body.focus(),
  };
}

/** Creates a list of facts. Facts without a value are omitted. */
export function factList(
  facts: readonly (readonly [name: string, value: Node | string | undefined])[],
): HTMLElement {
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [el("div", {}, el("dt", {}, name), el("dd", {}, value))]
  );
  return el("dl", { class: "fact-list" }, ...rows);
}

/** Creates a section with a heading. */
export function section(heading: string, ...content: Node[]): HTMLElement {
  return el("section", { class: "section" }, el("h3", {}, heading), ...content);
}
