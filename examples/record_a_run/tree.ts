/** Draws a run as a tree with a bar for the time of each span. */
import type { AgentInstance, AgentSpanSummary } from "@prefactor/http";
import { clip, wrap } from "./text.ts";

/** The sign and the colour of each status. */
const SIGNS: Record<string, [sign: string, colour: number]> = { complete: ["✓", 32], failed: ["✗", 31] };
/** The characters with no half filled, the left one, the right one and both. */
const HALVES = [" ", "▌", "▐", "█"];
/** The least number of columns for bars and outcomes. In fewer columns there are only bars. */
const MIN_OUTCOME_COLUMNS = 40;

/** Where the output goes. */
interface Screen {
  columns: number;
  useColour: boolean;
}

/** A span with its place in the tree. */
interface Row {
  span: AgentSpanSummary;
  label: string;
}

/** Returns the run as lines that fit the screen. */
export function drawRun(instance: AgentInstance, spans: AgentSpanSummary[], screen: Screen): string {
  const { columns } = screen;
  const { id, status, termination_reason: reason } = instance;
  const times = [instance, ...spans].map(timesOf);
  const start = Math.min(...times.map(([from]) => from));
  const duration = Math.max(1, ...times.map(([, to]) => to - start));
  const rows = treeOf(spans, null, "");
  const widths = widthsOf(rows, duration, columns);
  const failures = widths.outcome > 0 ? [] : spans.filter(({ status }) => status === "failed")
    .map((span) => clip(`✗ ${titleOf(span)}: ${outcomeOf(span)}`, columns));
  return [
    wrap(`Run ${id}: ${status} after ${duration} ms${reason ? ` (${reason})` : ""}`, columns),
    "",
    ...rows.map((row) => drawRow(row, widths, { start, duration }, screen)),
    "",
    ...failures,
    wrap(`${spans.length} spans: ${countsOf(spans)}`, columns),
  ].join("\n");
}

/** Divides the columns among the parts of a row, which have three spaces and a sign between them. */
function widthsOf(rows: Row[], duration: number, columns: number) {
  const label = Math.min(columns >> 1, Math.max(0, ...rows.map(({ label }) => label.length)));
  const time = `${duration} ms`.length;
  const rest = columns - label - time - 4;
  if (rest < MIN_OUTCOME_COLUMNS) return { label, time, bar: rest, outcome: 0 };
  const bar = Math.floor(rest * 0.4);
  return { label, time, bar, outcome: rest - bar - 1 };
}

function drawRow(
  { span, label }: Row,
  widths: ReturnType<typeof widthsOf>,
  run: { start: number; duration: number },
  { useColour }: Screen,
): string {
  const [start, end] = timesOf(span);
  const [sign, colour] = SIGNS[span.status ?? ""] ?? ["•", 33];
  const share = (time: number) => (time - run.start) / run.duration;
  const time = `${end - start} ms`.padStart(widths.time);
  const facts = `${barOf(share(start), share(end), widths.bar)} ${time} ${sign}`;
  const columns = [
    clip(label, widths.label).padEnd(widths.label),
    useColour ? `\x1b[${colour}m${facts}\x1b[0m` : facts,
    clip(outcomeOf(span), widths.outcome),
  ];
  return columns.join(" ").trimEnd();
}

/** Returns the descendants of a span, ordered by start time, each with its label and the branches before it. */
function treeOf(spans: AgentSpanSummary[], parent: string | null, indent: string): Row[] {
  const children = spans.filter(({ parent_span_id }) => (parent_span_id ?? null) === parent)
    .sort((a, b) => timesOf(a)[0] - timesOf(b)[0] || (a.id < b.id ? -1 : 1));
  return children.flatMap((span, index) => {
    const isLast = index === children.length - 1;
    const [branch, below] = parent === null ? ["", ""] : isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
    return [{ span, label: indent + branch + titleOf(span) }, ...treeOf(spans, span.id, indent + below)];
  });
}

/** Draws the part of the run from one share to another, to half a character. */
function barOf(from: number, to: number, width: number): string {
  const first = Math.min(Math.floor(from * width * 2), width * 2 - 1);
  const end = Math.max(first + 1, Math.ceil(to * width * 2));
  const isFilled = (half: number) => Number(half >= first && half < end);
  return Array.from({ length: width }, (_, cell) => HALVES[isFilled(2 * cell) + 2 * isFilled(2 * cell + 1)])
    .join("");
}

function timesOf(
  { started_at, finished_at }: AgentInstance | AgentSpanSummary,
): [start: number, end: number] {
  const start = Date.parse(started_at ?? "");
  return [start, Date.parse(finished_at ?? "") || start];
}

function titleOf({ schema_title, schema_name }: AgentSpanSummary): string {
  return schema_title ?? schema_name ?? "?";
}

function countsOf(spans: AgentSpanSummary[]): string {
  const groups = Map.groupBy(spans, ({ status }) => status ?? "unknown");
  return Array.from(groups, ([status, { length }]) => `${length} ${status}`).join(", ");
}

/** Returns the error, or else the summary, which the platform makes from the template. */
function outcomeOf({ status, summary, result_payload }: AgentSpanSummary): string {
  const { name, message } = (result_payload?.["error"] ?? {}) as { name?: string; message?: string };
  return status === "failed" ? `${name}: ${message}` : summary ?? "";
}
