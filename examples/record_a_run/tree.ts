/** Draws a run as a tree that shows the time, the status and the result of each span. */
import type { AgentInstance, AgentSpanSummary } from "@prefactor/http";
import { SPAN_TYPES } from "./span_types.ts";

const BAR_WIDTH = 24;
const COLOURS: Record<string, number> = { complete: 32, failed: 31 };

/** Returns the run as lines of text, optionally in colour. */
export function drawRun(instance: AgentInstance, spans: AgentSpanSummary[], useColour: boolean): string {
  const paint = (text: string, status: string) =>
    useColour ? `\x1b[${COLOURS[status] ?? 33}m${text}\x1b[0m` : text;
  const [start, end] = timesOf(instance);
  const cells = (ms: number) => Math.round(ms / Math.max(1, end - start) * BAR_WIDTH);
  const rows = treeOf(spans, null, "");
  const width = Math.max(0, ...rows.map(({ label }) => label.length));
  return [
    `Run ${instance.id} of ${instance.agent_id}: ${paint(instance.status, instance.status)} in ${
      end - start
    } ms`,
    "",
    ...rows.map(({ span, label }) => {
      const [from, to] = timesOf(span);
      const offset = Math.max(0, Math.min(BAR_WIDTH - 1, cells(from - start)));
      const length = Math.max(0, Math.min(BAR_WIDTH - offset, cells(to - from)));
      const bar = (" ".repeat(offset) + ("█".repeat(length) || "▏")).padEnd(BAR_WIDTH);
      const status = span.status ?? "unknown";
      const facts = `${status.padEnd(8)} ${`${to - from} ms`.padStart(8)}`;
      return `${label.padEnd(width)} ${paint(`${bar} ${facts}`, status)}  ${outcomeOf(span)}`;
    }),
    "",
    `Spans: ${
      Object.entries(instance.span_counts ?? {}).map(([name, count]) => `${count} ${name}`).join(", ")
    }`,
  ].join("\n");
}

/** Returns the descendants of a span, ordered by start time, each with its label and the branches before it. */
function treeOf(
  spans: AgentSpanSummary[],
  parent: string | null,
  indent: string,
): { span: AgentSpanSummary; label: string }[] {
  const children = spans.filter(({ parent_span_id }) => (parent_span_id ?? null) === parent)
    .sort((a, b) => timesOf(a)[0] - timesOf(b)[0] || (a.id < b.id ? -1 : 1));
  return children.flatMap((span, index) => {
    const isLast = index === children.length - 1;
    const [branch, below] = parent === null ? ["", ""] : isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
    const label = indent + branch + (span.schema_title ?? span.schema_name);
    return [{ span, label }, ...treeOf(spans, span.id, indent + below)];
  });
}

function timesOf(
  { started_at, finished_at }: AgentInstance | AgentSpanSummary,
): [start: number, end: number] {
  const start = Date.parse(started_at ?? "");
  return [start, Date.parse(finished_at ?? "") || start];
}

/** Returns the error, the platform's summary or, without either, the template filled in from the payloads. */
function outcomeOf({ schema_name, status, summary, payload, result_payload }: AgentSpanSummary): string {
  const { template } = SPAN_TYPES.find(({ name }) => name === schema_name) ?? {};
  const words = { ...payload, ...result_payload };
  const { name, message } = (words["error"] ?? {}) as { name?: string; message?: string };
  const text = (status === "failed" ? `${name}: ${message}` : summary ?? template ?? "")
    .replace(/{{(\w+)}}/g, (_, field) => [words[field] ?? "?"].flat().join(", "));
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
}
