/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The dialogs for terminating a run, resetting the sandbox and injecting faults.
 *
 * @module
 */

import { el } from "./dom.ts";
import type { App } from "./parts.ts";
import { post } from "./server.ts";

interface DialogOptions {
  readonly heading: string;
  readonly content: readonly Node[];
  /** The label of the button that performs the action. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Performs the action. If it rejects, the dialog shows the reason and stays open. */
  onSubmit(values: FormData): Promise<void>;
}

/** Opens a dialog. Its buttons and Esc close it. */
function openDialog(
  { heading, content, action, isDanger = false, onSubmit }: DialogOptions,
): HTMLDialogElement {
  const problem = el("p", { class: "problem", role: "alert" });
  const submit = el("button", { class: isDanger ? "danger solid" : "solid" }, action);
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "dialog-title" }, heading),
    ...content,
    problem,
    el(
      "div",
      { class: "buttons" },
      el("button", { type: "button", click: () => dialog.close() }, "Cancel"),
      submit,
    ),
  );
  const dialog = el("dialog", { "aria-labelledby": "dialog-title", close: () => dialog.remove() }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await onSubmit(new FormData(form));
      dialog.close();
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      submit.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function field(label: string, input: HTMLInputElement | HTMLSelectElement): HTMLElement {
  input.id = `field-${input.name}`;
  return el("div", { class: "field" }, el("label", { for: input.id }, label), input);
}

/** Asks for a reason and then terminates a run. */
export function askToTerminate({ store, announce }: App, id: string): void {
  const run = store.runs.get(id);
  openDialog({
    heading: `Terminate ${run ? store.agentOf(run) : "the run"}?`,
    content: [
      el("p", {}, "The next response about this run tells the agent to stop and gives the reason."),
      field("Reason", el("input", { name: "reason", required: true, autocomplete: "off", autofocus: true })),
    ],
    action: "Terminate",
    isDanger: true,
    async onSubmit(values) {
      await post(`runs/${encodeURIComponent(id)}/terminate`, { reason: values.get("reason") });
      announce("The run was terminated");
    },
  });
}

/** Asks for confirmation and then resets the sandbox. */
export function askToReset({ announce }: App): void {
  openDialog({
    heading: "Reset the sandbox?",
    content: [
      el(
        "p",
        {},
        "This removes all runs, spans, requests and faults. Running agents lose their records.",
      ),
    ],
    action: "Reset",
    isDanger: true,
    async onSubmit() {
      await post("reset");
      announce("The sandbox was reset");
    },
  });
}

/** The description of each kind of fault. */
export const FAULTS: Readonly<Record<string, string>> = {
  status: "Error status",
  delay: "Processed, response late",
  refuse: "Connection refused",
  lose: "Processed, response lost",
  cut: "Processed, response cut",
  garbage: "Processed, response not JSON",
  redirect: "Redirect",
  hang: "Processed, no response",
};

/** Shows the planned faults, and adds or clears faults. */
export function askForFaults({ store, announce }: App): void {
  const kind = el(
    "select",
    { name: "kind" },
    ...Object.entries(FAULTS).map(([value, label]) => el("option", { value }, `${label} (${value})`)),
  );
  const status = field("Status", numberInput("status", 503, 200, 599));
  const retryAfter = field(
    "Retry-After in s (optional)",
    el("input", { name: "retryAfter", type: "number", min: 0 }),
  );
  const ms = field("Delay in ms", numberInput("ms", 1_000, 0));
  const times = field("Number of requests", numberInput("times", 1, 1));
  const rate = field("Percentage of requests", numberInput("rate", 20, 1, 100));
  const scope = el(
    "select",
    { name: "scope" },
    el("option", { value: "next" }, "The next requests"),
    el("option", { value: "random" }, "A random percentage of all requests"),
  );
  const showFields = () => {
    status.hidden = retryAfter.hidden = kind.value !== "status";
    ms.hidden = kind.value !== "delay";
    times.hidden = scope.value !== "next";
    rate.hidden = scope.value !== "random";
  };
  for (const select of [kind, scope]) select.addEventListener("change", showFields);
  showFields();
  const current = describeFaults(store.faults);
  const clear = el("button", { type: "button", class: "quiet" }, "Clear all");
  const dialog = openDialog({
    heading: "Faults",
    content: [
      current.length === 0
        ? el("p", {}, "No faults are planned.")
        : el("div", { class: "current" }, el("ul", {}, ...current.map((text) => el("li", {}, text))), clear),
      el(
        "div",
        { class: "grid" },
        field("Fault", kind),
        status,
        retryAfter,
        ms,
        field("For", scope),
        times,
        rate,
      ),
    ],
    action: "Add",
    async onSubmit(values) {
      await post(...faultOf(values));
      announce("The fault was added");
    },
  });
  clear.addEventListener("click", async () => {
    await post("faults/clear");
    dialog.close();
    announce("The faults were cleared");
  });
}

function numberInput(name: string, value: number, min: number, max?: number): HTMLInputElement {
  return el("input", { name, type: "number", value, min, max, required: true });
}

/** Returns the path and body of the request that adds the fault in the form. */
function faultOf(values: FormData): [path: string, body: object] {
  const number = (name: string) => Number(values.get(name));
  const kind = values.get("kind");
  const fault = {
    kind,
    ...kind === "delay" && { ms: number("ms") },
    ...kind === "status" && { status: number("status") },
    ...kind === "status" && values.get("retryAfter") && { retryAfter: number("retryAfter") },
  };
  return values.get("scope") === "next"
    ? ["faults/next", { fault, times: number("times") }]
    : ["faults/random", { rate: number("rate") / 100, kinds: [fault] }];
}

/** Describes each fault: `"The next 3 requests: status 503"`. */
export function describeFaults({ planned, random }: App["store"]["faults"]): string[] {
  const next = planned.map(({ fault, left }) => {
    const requests = left === null
      ? "All requests"
      : left === 1
      ? "The next request"
      : `The next ${left} requests`;
    return `${requests}: ${fault.kind === "status" ? `status ${fault.status}` : fault.kind}`;
  });
  return random
    ? [...next, `${Math.round(random.rate * 100)} % of requests: ${random.kinds.join(", ")}`]
    : next;
}
