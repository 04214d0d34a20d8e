import { assertAlmostEquals, assertEquals } from "@std/assert";
import { isCostBreakdown } from "@prefactor/http";
import { costsOf } from "../../src/testing/costs.ts";
import type { SandboxSpan } from "../../src/testing/store.ts";

const NONE = {
  input: 0,
  input_cost: 0,
  output: 0,
  output_cost: 0,
  cache_read: 0,
  cache_read_cost: 0,
  total_cost: 0,
};

function span(payload: unknown, result_payload: unknown = null): SandboxSpan {
  return { payload, result_payload } as SandboxSpan;
}

Deno.test("costsOf() sums up the tokens and the cost of each model", () => {
  const costs = costsOf([
    span({ model: "small", token_usage: { prompt_tokens: 1_000, completion_tokens: 200 } }),
    span({ inputs: { "ai.model.id": "large", model: "?" } }, { token_usage: { prompt_tokens: 3_000 } }),
    span({ inputs: { model: "small" }, token_usage: { cache_read_tokens: 5_000 } }),
    span({ token_usage: { completion_tokens: 10 } }),
    span({ model: "small" }),
  ]);
  assertEquals([costs.input, costs.output, costs.cache_read], [4_000, 210, 5_000]);
  assertAlmostEquals(costs.total_cost!, 0.004 + 0.001_05 + 0.000_5);
  assertEquals(costs.groups, [
    {
      ...NONE,
      model_name: "small",
      provider: null,
      context_limit: null,
      input: 1_000,
      input_cost: 0.001,
      output: 200,
      output_cost: 0.001,
      cache_read: 5_000,
      cache_read_cost: 0.000_5,
      total_cost: 0.002_5,
    },
    {
      ...NONE,
      model_name: "large",
      provider: null,
      context_limit: null,
      input: 3_000,
      input_cost: 0.003,
      total_cost: 0.003,
    },
    {
      ...NONE,
      model_name: null,
      provider: null,
      context_limit: null,
      output: 10,
      output_cost: 0.000_05,
      total_cost: 0.000_05,
    },
  ]);
  assertEquals(isCostBreakdown(costs), true);
});

Deno.test("costsOf() prefers the token usage of the result", () => {
  const usage = (prompt_tokens: number) => ({ token_usage: { prompt_tokens } });
  assertEquals(costsOf([span(usage(1), usage(2))]).input, 2);
});

for (const token_usage of [null, 5, {}, { prompt_tokens: "5" }, { prompt_tokens: null }]) {
  Deno.test(`costsOf() counts no tokens for ${JSON.stringify(token_usage)}`, () => {
    const { groups: _, ...costs } = costsOf([span({ token_usage })]);
    assertEquals(costs, NONE);
  });
}

Deno.test("costsOf() is 0 without spans", () => {
  assertEquals(costsOf([]), { ...NONE, groups: [] });
});
