/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The page: shows the view of the current address, and handles the toolbar and the keyboard.
 *
 * @module
 */

import { askForFaults, askToReset, describeFaults } from "./dialogs.ts";
import { setAttribute, setText } from "./dom.ts";
import type { App, Route, View } from "./parts.ts";
import { requestsView } from "./requests.ts";
import { runView } from "./run.ts";
import { runsView } from "./runs.ts";
import { follow } from "./server.ts";
import { Store } from "./store.ts";

const CONNECTIONS = { connecting: "Connecting", live: "Live", lost: "Connection lost, trying again" };
const NOTICE_TIME = 4_000;

const main = byId("main");
const notice = byId("notice");
const store = new Store();
const app: App = { store, announce };
let view: View | undefined;
let frame = 0;
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

byId("faults").addEventListener("click", () => askForFaults(app));
byId("reset").addEventListener("click", () => askToReset(app));
document.addEventListener("keydown", onKey);
addEventListener("hashchange", navigate);
store.subscribe(() => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(update);
});
navigate();
follow(store);

function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** Shows the view of the current address. */
function navigate(): void {
  const route = parseRoute(location.hash);
  if (!view?.navigate(route)) {
    view?.dispose?.();
    view = createView(route);
    main.replaceChildren(view.element);
    view.navigate(route);
  }
  update();
}

function createView({ path: [name, id] }: Route): View {
  if (name === "runs" && id !== undefined) return runView(app, id);
  return name === "requests" ? requestsView(app) : runsView(app);
}

function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter((part) => part !== "").map(decode),
    query: new URLSearchParams(query),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Shows the current state of the store. */
function update(): void {
  setText(byId("connection-text"), CONNECTIONS[store.connection]);
  setAttribute(byId("connection"), "data-connection", store.connection);
  setText(byId("run-count"), String(store.runs.size));
  setText(byId("request-count"), String(store.requests.size));
  const faults = describeFaults(store.faults);
  setText(byId("fault-count"), faults.length > 0 ? `${faults.length} raised` : "");
  setAttribute(byId("faults"), "data-active", faults.length > 0);
  const isRequests = location.hash.startsWith("#/requests");
  setAttribute(byId("runs-link"), "aria-current", isRequests ? undefined : "page");
  setAttribute(byId("requests-link"), "aria-current", isRequests ? "page" : undefined);
  view?.update();
  document.title = `${view?.title} · Prefactor sandbox`;
}

/** Shows a message for a few seconds. Screen readers announce it. */
function announce(message: string): void {
  notice.textContent = message;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => notice.textContent = "", NOTICE_TIME);
}

function onKey(event: KeyboardEvent): void {
  if (document.querySelector("dialog[open]")) return;
  const input = main.querySelector<HTMLInputElement>("input[type=search]");
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    input?.focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    view?.escape();
  }
}
