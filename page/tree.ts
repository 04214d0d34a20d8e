/**
 * Arranges the spans of a run as a tree and on a timeline.
 *
 * @module
 */

import type { RunRow, SpanRow } from "../src/testing/page/rows.ts";
import { parseTime } from "./format.ts";

/** A span in the tree. */
export interface TreeNode {
  readonly span: SpanRow;
  readonly parent: TreeNode | undefined;
  /** The number of ancestors. */
  readonly depth: number;
  /** The position among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  /** The start in ms since the Unix epoch, or the creation time if the span has not started. */
  readonly start: number;
  /** The end in ms since the Unix epoch, or `undefined` if it has not ended. */
  readonly finish: number | undefined;
  /** The number of its descendants, which follow it. */
  descendants: number;
}

/** A period, in ms since the Unix epoch. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/**
 * Arranges spans as a tree, with parents before their children and siblings by start time. A span whose parent is
 * missing is a root, and so is one span of each cycle.
 */
export function buildTree(spans: readonly SpanRow[]): TreeNode[] {
  const ids = new Set(spans.map(({ id }) => id));
  const starts = new Map(spans.map((span) => [span, startOf(span)]));
  const ordered = [...spans].sort((a, b) => starts.get(a)! - starts.get(b)! || compare(a, b));
  const children = new Map<string | null, SpanRow[]>();
  for (const span of ordered) {
    const parent = span.parent_id !== null && ids.has(span.parent_id) ? span.parent_id : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(span);
    else children.set(parent, [span]);
  }
  const nodes: TreeNode[] = [];
  const placed = new Set<string>();
  place(children.get(null) ?? []);
  for (const span of ordered) if (!placed.has(span.id)) place([span]);
  for (const { parent, descendants } of nodes.toReversed()) if (parent) parent.descendants += descendants + 1;
  return nodes;

  /** Appends spans and their descendants. The stack holds the remaining nodes, with the next one last. */
  function place(roots: readonly SpanRow[]): void {
    const stack = toNodes(roots, undefined);
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (placed.has(node.span.id)) continue;
      placed.add(node.span.id);
      nodes.push(node);
      for (const child of toNodes(children.get(node.span.id) ?? [], node)) stack.push(child);
    }
  }

  /** Creates the nodes of siblings, in reverse order. */
  function toNodes(siblings: readonly SpanRow[], parent: TreeNode | undefined): TreeNode[] {
    return siblings.map((span, index) => ({
      span,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      position: index + 1,
      siblings: siblings.length,
      start: starts.get(span)!,
      finish: parseTime(span.finished_at),
      descendants: 0,
    })).reverse();
  }
}

/** Returns the start of a run or span in ms since the Unix epoch, or its creation time if it has not started. */
export function startOf({ started_at, inserted_at }: Pick<SpanRow, "started_at" | "inserted_at">): number {
  return parseTime(started_at) ?? parseTime(inserted_at) ?? 0;
}

/** Orders spans with the same start time by their creation. */
function compare(a: SpanRow, b: SpanRow): number {
  const [first, second] = [a, b].map(({ inserted_at, id }) => `${inserted_at} ${id}`);
  return first! < second! ? -1 : 1;
}

/**
 * Returns the nodes to show: all except the descendants of folded nodes, or the nodes that match and their ancestors.
 */
export function visibleNodes(
  nodes: readonly TreeNode[],
  folded: ReadonlySet<string>,
  matches?: (span: SpanRow) => boolean,
): TreeNode[] {
  if (matches) {
    const kept = new Set<TreeNode>();
    for (const node of nodes) {
      if (!matches(node.span)) continue;
      for (let at: TreeNode | undefined = node; at && !kept.has(at); at = at.parent) kept.add(at);
    }
    return nodes.filter((node) => kept.has(node));
  }
  const visible: TreeNode[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    visible.push(node);
    if (folded.has(node.span.id)) index += node.descendants;
  }
  return visible;
}

/** Returns whether a run or span is active. */
export function isLive({ status }: { readonly status: string }): boolean {
  return status === "active";
}

/** Returns the start and the end of a run. A run without an end lasts until `now`. */
export function periodOfRun(run: RunRow, now: number): Period {
  const start = parseTime(run.started_at) ?? parseTime(run.inserted_at) ?? now;
  return { start, end: Math.max(start, parseTime(run.finished_at) ?? (isLive(run) ? now : start)) };
}

/** Returns the start and the end of a span. A span without an end lasts until the end of its run. */
export function periodOfSpan({ span, start, finish }: TreeNode, run: Period): Period {
  const end = finish ?? (span.status === "pending" ? start : run.end);
  return { start, end: Math.max(start, end) };
}

/** Returns the period of a run and all of its spans. If the run is active, there is room for it to grow. */
export function periodOfTimeline(run: RunRow, nodes: readonly TreeNode[], now: number): Period {
  let { start, end } = periodOfRun(run, now);
  for (const node of nodes) {
    if (node.start < start) start = node.start;
    const last = node.finish ?? node.start;
    if (last > end) end = last;
  }
  const length = Math.max(1, end - start);
  return { start, end: start + (isLive(run) ? roundUp(length) : length) };
}

/**
 * Returns the innermost span of the failure that made the run fail: starts at the failed root, and follows the failed
 * child that ended last on each level. A failure whose parent succeeded was handled; it is returned only if there is no
 * other.
 */
export function originOfFailure(nodes: readonly TreeNode[]): TreeNode | undefined {
  const failed = nodes.filter(({ span }) => span.status === "failed");
  /** The failed child that ended last, by parent. The key `undefined` stands for the roots. */
  const last = new Map<TreeNode | undefined, TreeNode>();
  for (const node of failed) {
    if ((node.finish ?? 0) >= (last.get(node.parent)?.finish ?? 0)) last.set(node.parent, node);
  }
  let origin = last.get(undefined) ?? failed[0];
  for (let child = origin; child; child = last.get(child)) origin = child;
  return origin;
}

/**
 * The possible distances between ticks in ms: 1, 2 or 5 times a power of ten, and then fractions of a minute and hour.
 */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440].map((minutes) => minutes * 60_000),
);

/** Returns the distance between ticks, in ms, so that a ruler has at most `count` of them. */
export function tickStep(length: number, count: number): number {
  const least = length / Math.max(1, count);
  const day = STEPS.at(-1)!;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / day) * day;
}

/** Rounds a duration up to 1, 1.5, 2, 3, 5 or 7.5 times a power of ten. */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return power * ([1, 1.5, 2, 3, 5, 7.5].find((factor) => factor * power >= ms) ?? 10);
}
