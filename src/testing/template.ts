/**
 * Renders the templates of summaries, which use a small subset of Liquid.
 *
 * @module
 */

import { isObject } from "../guards.ts";
import { own } from "./fields.ts";

/** The maximum length of a summary, in characters, because a template can repeat a payload any number of times. */
const MAX_LENGTH = 1_000;

const TAG = /\{\{([^{}]*)\}\}|\{%([^{}%]*)%\}/g;
const TOKEN =
  /"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|[a-z_][\w-]*(?:\.[\w-]+|\[(?:"[^"]*"|'[^']*'|\d+)\])*|[=!<>]=|[<>|:,]/gi;

/** The values that a template can refer to, by name. */
export interface TemplateContext {
  readonly [name: string]: unknown;
}

class InvalidTemplateError extends Error {}

/** Renders a template. Returns `null` without a valid template. Missing values, objects and arrays render as nothing. */
export function renderTemplate(
  template: string | null | undefined,
  context: TemplateContext,
): string | null {
  if (typeof template !== "string") return null;
  try {
    return render(template, context);
  } catch (error) {
    if (error instanceof InvalidTemplateError) return null;
    throw error;
  }
}

/** An `if` that is not closed yet. */
interface Block {
  /** Whether the text around the block is rendered. */
  readonly isOuterActive: boolean;
  /** Whether the text of the current branch is rendered. */
  isActive: boolean;
  /** Whether a branch was rendered. */
  isDone: boolean;
}

function render(template: string, context: TemplateContext): string {
  const blocks: Block[] = [];
  let summary = "";
  let position = 0;
  const isActive = () => blocks.at(-1)?.isActive ?? true;

  for (const { 0: { length }, 1: output, 2: statement, index } of template.matchAll(TAG)) {
    addText(template.slice(position, index));
    position = index + length;
    if (statement !== undefined) runStatement(statement, blocks, context);
    else if (isActive()) summary += textOf(evaluate(tokensOf(output!), context));
    if (summary.length >= MAX_LENGTH) return summary.slice(0, MAX_LENGTH);
  }
  addText(template.slice(position));
  if (blocks.length > 0) throw new InvalidTemplateError();
  return summary.slice(0, MAX_LENGTH);

  function addText(text: string): void {
    if (/\{[{%]/.test(text)) throw new InvalidTemplateError();
    if (isActive()) summary += text;
  }
}

function runStatement(statement: string, blocks: Block[], context: TemplateContext): void {
  const [keyword, ...condition] = tokensOf(statement);
  if (keyword === "if") {
    const isOuterActive = blocks.at(-1)?.isActive ?? true;
    const isMet = holds(condition, context);
    blocks.push({ isOuterActive, isActive: isOuterActive && isMet, isDone: isMet });
    return;
  }
  const block = blocks.at(-1);
  if (!block) throw new InvalidTemplateError();
  if (keyword === "endif") {
    blocks.pop();
  } else if (keyword === "elsif" || keyword === "else") {
    const isMet = !block.isDone && (keyword === "else" || holds(condition, context));
    block.isActive = block.isOuterActive && isMet;
    block.isDone ||= isMet;
  } else {
    throw new InvalidTemplateError();
  }
}

function tokensOf(expression: string): string[] {
  if (expression.replace(TOKEN, "").trim() !== "") throw new InvalidTemplateError();
  return expression.match(TOKEN) ?? [];
}

type Operator = (a: never, b: never) => boolean;

const OPERATORS = new Map<string | undefined, Operator>([
  ["==", (a, b) => a === b],
  ["!=", (a, b) => a !== b],
  ["<", (a, b) => a < b],
  ["<=", (a, b) => a <= b],
  [">", (a, b) => a > b],
  [">=", (a, b) => a >= b],
]);

/** Evaluates a condition: a comparison, or a single value, which is true unless it is missing, `null` or `false`. */
function holds([a, operator, b, ...rest]: readonly string[], context: TemplateContext): boolean {
  if (operator === undefined) {
    const value = valueOf(a, context);
    return value !== false && value !== null && value !== undefined;
  }
  const compare = OPERATORS.get(operator);
  if (!compare || rest.length > 0) throw new InvalidTemplateError();
  return compare(valueOf(a, context) as never, valueOf(b, context) as never);
}

/** The filters, by name. Their arguments come from the template. */
const FILTERS = new Map<string | undefined, (value: unknown, argument?: unknown) => unknown>([
  ["default", (value, other) => value === false || textOf(value) === "" && !isObject(value) ? other : value],
  ["size", (value) => sizeOf(value)],
  ["truncate", (value, length = 50) => truncate(textOf(value), Number(length))],
  ["truncatewords", (value, count = 15) => truncateWords(textOf(value), Number(count))],
  ["upcase", (value) => textOf(value).toUpperCase()],
  ["downcase", (value) => textOf(value).toLowerCase()],
]);

/** Evaluates a value and its filters, such as `output | truncate: 60`. */
function evaluate([first, ...rest]: readonly string[], context: TemplateContext): unknown {
  let value = valueOf(first, context);
  while (rest.length > 0) {
    const [bar, name] = rest.splice(0, 2);
    const filter = FILTERS.get(name);
    if (bar !== "|" || !filter) throw new InvalidTemplateError();
    const argument = rest[0] === ":" ? valueOf(rest.splice(0, 2)[1], context) : undefined;
    value = filter(value, argument);
  }
  return value;
}

const LITERALS = new Map<string, unknown>([["true", true], ["false", false], ["nil", null], ["null", null]]);

/** Returns the value of a literal or of a path such as `inputs["ai.model.id"]`. */
function valueOf(token: string | undefined, context: TemplateContext): unknown {
  if (token === undefined || /^[^\w"'-]/.test(token)) throw new InvalidTemplateError();
  if (/^["']/.test(token)) return token.slice(1, -1);
  if (/^[-\d]/.test(token)) return Number(token);
  if (LITERALS.has(token)) return LITERALS.get(token);
  const keys = token.match(/"[^"]*"|'[^']*'|[\w-]+/g) ?? [];
  return keys.map((key) => key.replace(/^["']|["']$/g, "")).reduce(fieldOf, context);
}

function fieldOf(value: unknown, key: string): unknown {
  const field = isObject(value) || Array.isArray(value)
    ? own(value as Record<string, unknown>, key)
    : undefined;
  return field === undefined && key === "size" ? sizeOf(value) : field;
}

function sizeOf(value: unknown): unknown {
  if (Array.isArray(value) || typeof value === "string") return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}

function truncate(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, Math.max(0, length - 3)) + "...";
}

function truncateWords(text: string, count: number): string {
  const words = text.trim().split(/\s+/);
  return words.length <= count ? text : words.slice(0, count).join(" ") + "...";
}
