/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Creates elements, texts and icons. Recorded data only becomes text nodes, never markup.
 *
 * @module
 */

type Listener = (event: Event) => void;

/**
 * Attributes by name. `true` sets an empty attribute, `false` and `undefined` set none, and a function becomes a
 * listener.
 */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | Listener;
}

/** Creates an element: `el("button", { class: "primary", click: save }, "Save")`. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else setAttribute(element, name, value);
  }
  element.append(...children);
  return element;
}

/** Sets or removes an attribute, if that changes it. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  const text = value === true ? "" : value === false || value === undefined ? null : String(value);
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

/** Sets the text of an element, if that changes it. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** The paths of the icons on a grid of 16 by 16. */
const ICONS = {
  complete: "M3.5 8.5l3 3 6-7",
  failed: "M4 4l8 8M12 4l-8 8",
  active: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  pending: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11",
  cancelled: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M4.2 4.2l7.6 7.6",
  terminated: "M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5zM8 5.5v3M8 10.6v.1",
  warning: "M8 2.5l6 11H2zM8 6.8v3M8 11.6v.1",
  chevron: "M6 4l4 4-4 4",
  copy: "M6 6h7v7.5H6zM10 3.5v-1H3V10h1",
  download: "M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9M10.5 10.5l3 3",
  stop: "M4 4h8v8H4z",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";

/** Creates an icon, which is hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  svg.append(path);
  setIcon(svg, name);
  return svg;
}

/** Changes the shape of an icon. */
export function setIcon(svg: SVGSVGElement, name: IconName): void {
  setAttribute(svg.firstElementChild!, "d", ICONS[name]);
}

/** Returns the icon of a status. Unknown statuses look like `pending`. */
export function iconOf(status: string): IconName {
  return status in ICONS ? status as IconName : "pending";
}

/** Creates a button that copies a text. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const caption = el("span", {}, "Copy");
  const symbol = icon("copy");
  const button = el(
    "button",
    { type: "button", class: "quiet", "aria-label": `Copy ${label}` },
    symbol,
    caption,
  );
  const show = (name: IconName, word: string) => {
    setIcon(symbol, name);
    setText(caption, word);
  };
  button.addEventListener("click", async () => {
    if (await copy(text())) show("complete", "Copied");
    else show("failed", "Failed");
    setTimeout(() => show("copy", "Copy"), 1_500);
  });
  return button;
}

/** Copies a text. There is no clipboard API if the page was not loaded from a loopback host. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "sr" });
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
