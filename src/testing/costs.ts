/**
 * Calculates the costs of runs.
 *
 * @module
 */

import { isNumber, isObject, isString } from "../guards.ts";
import type { CostBreakdown, ModelCost } from "../models/agent_instance.ts";
import { own } from "./fields.ts";
import type { SandboxSpan } from "./store.ts";

/** The price of a million tokens of any model, in dollars, and the field of `token_usage` that counts them. */
const KINDS = [
  { kind: "input", field: "prompt_tokens", price: 1 },
  { kind: "output", field: "completion_tokens", price: 5 },
  { kind: "cache_read", field: "cache_read_tokens", price: 0.1 },
] as const;

type Tokens = { [kind in typeof KINDS[number]["kind"]]: number };

/** Adds up the tokens in the payloads of spans and their cost. */
export function costsOf(spans: Iterable<SandboxSpan>): CostBreakdown {
  const total = noTokens();
  const groups = new Map<string | null, Tokens>();
  for (const { payload, result_payload } of spans) {
    const usage = own(result_payload, "token_usage") ?? own(payload, "token_usage");
    if (!isObject(usage)) continue;
    const model = modelOf(payload);
    const group = groups.get(model) ?? noTokens();
    groups.set(model, group);
    for (const { kind, field } of KINDS) {
      const tokens = own(usage, field);
      if (!isNumber(tokens)) continue;
      group[kind] += tokens;
      total[kind] += tokens;
    }
  }
  return {
    ...priced(total),
    groups: Array.from(groups, ([model_name, tokens]) => ({
      model_name,
      provider: null,
      context_limit: null,
      ...priced(tokens),
    })),
  };
}

function noTokens(): Tokens {
  return { input: 0, output: 0, cache_read: 0 };
}

/** Finds the name of the model in a payload, in any of the fields that the platform's packages and others use. */
function modelOf(payload: SandboxSpan["payload"]): string | null {
  const inputs = own(payload, "inputs");
  const places = isObject(inputs) ? [own(inputs, "ai.model.id"), own(inputs, "model")] : [];
  return [...places, own(payload, "model")].find(isString) ?? null;
}

function priced(tokens: Tokens): ModelCost {
  const costs = KINDS.map(({ kind, price }) => [`${kind}_cost`, tokens[kind] * price / 1e6] as const);
  const total_cost = costs.reduce((sum, [, cost]) => sum + cost, 0);
  return { ...tokens, ...Object.fromEntries(costs), total_cost };
}
