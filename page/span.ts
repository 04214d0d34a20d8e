/// <reference lib="dom" />
/**
 * The details of a span.
 *
 * @module
 */

import type { SpanRow } from "../src/testing/page/rows.ts";
import { copyButton, el, icon } from "./dom.ts";
import { formatDuration, formatTime, parseTime } from "./format.ts";
import { jsonSection } from "./json.ts";
import { createPanel, factList, section } from "./panel.ts";
import { statusPart } from "./parts.ts";
import { get } from "./server.ts";
import type { Store } from "./store.ts";

/** The details of a span, as the server sends them. */
interface Details {
  readonly span: {
    readonly payload: object;
    readonly result_payload: object | null;
    readonly summary: string | null;
    readonly sensitive_encoding: boolean;
    readonly schema_mismatches?: readonly string[];
    readonly data_risk?: DataRisk | null;
  };
  /** The type that the span was registered with. */
  readonly type: { readonly description?: string | null; readonly data_risk?: DataRisk | null };
}

/** Groups of categories, each with a value. */
type DataRisk = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The options of a {@linkcode SpanPanel}. */
export interface SpanPanelOptions {
  readonly store: Store;
  onClose(): void;
  /** Called when the user follows a link to another span. */
  onSelect(spanId: string): void;
}

/** The panel with the details of a span. */
export interface SpanPanel {
  readonly element: HTMLElement;
  /** The ID of the span that is shown, or `undefined` while the panel is hidden. */
  readonly spanId: string | undefined;
  show(spanId: string): void;
  /** Shows the span again if it has changed. */
  update(): void;
  hide(): void;
  focus(): void;
}

/** Creates the panel with the details of a span. */
export function spanPanel({ store, onClose, onSelect }: SpanPanelOptions): SpanPanel {
  const panel = createPanel("Span", onClose);
  let spanId: string | undefined;
  let shown: SpanRow | undefined;
  return {
    element: panel.element,
    get spanId() {
      return spanId;
    },
    show(id) {
      spanId = id;
      update();
    },
    update,
    hide() {
      spanId = shown = undefined;
      panel.hide();
    },
    focus: panel.focus,
  };

  async function update(): Promise<void> {
    const row = store.spans.get(spanId ?? "");
    if (!row || row === shown) return;
    const isOther = row.id !== shown?.id;
    shown = row;
    const status = statusPart();
    status.update(row.status);
    const heading = [status.element, row.title ?? row.name];
    if (isOther) panel.show(heading);
    try {
      const details = await get<Details>(`spans/${encodeURIComponent(row.id)}`);
      if (shown === row) panel.show(heading, ...describe(row, details));
    } catch (error) {
      if (shown === row) {
        panel.show(heading, el("p", { class: "callout", "data-status": "failed" }, String(error)));
      }
    }
  }

  function describe(row: SpanRow, { span, type }: Details): HTMLElement[] {
    const parts = [
      span.summary ? el("p", { class: "summary" }, span.summary) : undefined,
      row.status === "failed" && row.note !== span.summary && row.note
        ? el("p", { class: "callout", "data-status": "failed" }, row.note)
        : undefined,
      span.schema_mismatches ? mismatchesOf(span.schema_mismatches) : undefined,
      timesOf(row),
      jsonSection("Payload", span.payload),
      span.result_payload
        ? jsonSection("Result", span.result_payload)
        : section("Result", el("p", { class: "muted" }, "None")),
      dataRiskOf(span.data_risk ?? type.data_risk),
      section("Identity", identityOf(row, type.description)),
    ];
    return parts.filter((part) => part !== undefined);
  }

  function timesOf(row: SpanRow): HTMLElement {
    const [start, end] = [parseTime(row.started_at), parseTime(row.finished_at)];
    const runStart = parseTime(store.runs.get(row.run_id)?.started_at);
    const offset = start !== undefined && runStart !== undefined ? start - runStart : undefined;
    return factList([
      ["Start", formatTime(start, store.now())],
      ["End", formatTime(end, store.now())],
      ["Duration", formatDuration(start !== undefined && end !== undefined ? end - start : undefined)],
      ["Since run start", offset === undefined ? undefined : formatDuration(offset)],
    ]);
  }

  function identityOf({ id, name, parent_id }: SpanRow, description: string | null | undefined): HTMLElement {
    return factList([
      ["Type", el("code", {}, name)],
      ["Description", description ?? undefined],
      ["Span ID", el("span", {}, el("code", {}, id), copyButton("the span ID", () => id))],
      ["Parent", parent_id === null ? "None" : parentOf(parent_id)],
    ]);
  }

  function parentOf(parentId: string): HTMLElement {
    const parent = store.spans.get(parentId);
    if (!parent) return el("span", {}, el("code", {}, parentId), " (not recorded)");
    return el(
      "button",
      { type: "button", class: "link", click: () => onSelect(parentId) },
      parent.title ?? parent.name,
    );
  }
}

function mismatchesOf(mismatches: readonly string[]): HTMLElement {
  return el(
    "div",
    { class: "callout", "data-status": "warning" },
    el("strong", {}, icon("warning"), "Does not match its schema"),
    el("ul", {}, ...mismatches.map((mismatch) => el("li", {}, mismatch))),
  );
}

/** Lists the categories of each group by their value. */
function dataRiskOf(risk: DataRisk | null | undefined): HTMLElement | undefined {
  if (!risk) return undefined;
  const names = {
    action_profile: "Actions",
    params_data_categories: "Data in the payload",
    result_data_categories: "Data in the result",
  };
  const groups = Object.entries(names).map((
    [field, name],
  ): [string, Node] => [name, categoriesOf(risk[field] ?? {})]);
  return section("Data risk", factList(groups));
}

function categoriesOf({ classification, ...categories }: Readonly<Record<string, string>>): HTMLElement {
  const byValue = new Map<string, string[]>();
  for (const [category, value] of Object.entries(categories)) {
    byValue.set(value, [...byValue.get(value) ?? [], category.replaceAll("_", " ")]);
  }
  const unknown = byValue.get("unknown") ?? [];
  byValue.delete("unknown");
  return el(
    "div",
    {},
    ...classification === undefined ? [] : [el("div", {}, `Classification: ${classification}`)],
    ...Array.from(
      byValue,
      ([value, names]) => el("div", {}, `${value[0]?.toUpperCase()}${value.slice(1)}: ${names.join(", ")}`),
    ),
    ...unknown.length === 0
      ? []
      : [el("details", {}, el("summary", {}, `${unknown.length} unknown`), unknown.join(", "))],
  );
}
