import { assertEquals } from "@std/assert";
import { renderTemplate } from "../../src/testing/template.ts";

const CONTEXT = {
  model: "small",
  tokens: 12,
  ratio: 0.5,
  isError: false,
  isCached: true,
  empty: "",
  nothing: null,
  text: "one two three four",
  list: ["a", "b"],
  inputs: { "ai.model.id": "large", args: { expression: "1 + 1" }, size: "big" },
  ["__proto__"]: "own",
};

for (
  const [template, summary] of [
    ["plain text → €", "plain text → €"],
    ["", ""],
    ["{{model}}: {{ tokens }} / {{ratio}}", "small: 12 / 0.5"],
    ["[{{ missing }}{{ nothing }}{{ inputs }}{{ list }}{{ model.length }}]", "[]"],
    ["{{ isError }} {{ isCached }}", "false true"],
    ['{{ inputs["ai.model.id"] }} {{ inputs.args.expression }}', "large 1 + 1"],
    ["{{ inputs['ai.model.id'] }} {{ list[1] }} {{ list[9] }}", "large b "],
    ["{{ list.size }} {{ text.size }} {{ inputs.size }} {{ inputs.args.size }}", "2 18 big 1"],
    ["{{ constructor }}{{ inputs.toString }}{{ list.map }}", ""],
    ["{{ __proto__ }}", "own"],
    ['{{ "a | b" }} {{ 5 }} {{ -1.5 }} {{ true }}', "a | b 5 -1.5 true"],
    [
      '{{ missing | default: "none" }} {{ empty | default: model }} {{ isError | default: "no" }}',
      "none small no",
    ],
    ['{{ tokens | default: "none" }} {{ list | size }}', "12 2"],
    ["{{ text | truncate: 10 }} {{ text | truncate: 99 }}", "one two... one two three four"],
    ["{{ text | truncatewords: 2 }} {{ text | truncatewords: 4 }}", "one two... one two three four"],
    ["{{ model | upcase | truncate: 4 }} {{ 'A' | downcase }}", "S... a"],
    ["{% if model %}yes{% endif %}{% if missing %}no{% endif %}", "yes"],
    ["{% if empty %}an empty text holds{% endif %}", "an empty text holds"],
    ["{% if isError %}a{% elsif tokens %}b{% else %}c{% endif %}", "b"],
    ["{% if isError %}a{% elsif missing %}b{% else %}c{% endif %}", "c"],
    ["{% if model %}a{% elsif model %}b{% else %}c{% endif %}", "a"],
    ['{% if model == "small" %}=={% endif %}{% if model != "small" %}!={% endif %}', "=="],
    ["{% if tokens > 11 %}>{% endif %}{% if tokens <= 11 %}<={% endif %}", ">"],
    ["{% if missing %}{% if model %}a{% else %}b{% endif %}c{% else %}d{% endif %}", "d"],
    ["{% if model %}{% if missing %}a{% else %}b{% endif %}c{% endif %}", "bc"],
  ] as const
) {
  Deno.test(`renderTemplate() renders "${template}"`, () => {
    assertEquals(renderTemplate(template, CONTEXT), summary);
  });
}

for (
  const template of [
    "{{ model",
    "{{ }}",
    "{{ model model }}",
    "{{ model | }}",
    "{{ model | shout }}",
    "{{ model | truncate: }}",
    "{{ model + 1 }}",
    "{{ 'open }}",
    "{% if model %}",
    "{% endif %}",
    "{% else %}",
    "{% if %}{% endif %}",
    "{% if model = 1 %}{% endif %}",
    "{% if model == 1 2 %}{% endif %}",
    "{% for item in list %}{% endfor %}",
    "{% unless model %}{% endunless %}",
  ]
) {
  Deno.test(`renderTemplate() returns null for the invalid template "${template}"`, () => {
    assertEquals(renderTemplate(template, CONTEXT), null);
  });
}

Deno.test("renderTemplate() returns null without a template", () => {
  assertEquals([renderTemplate(null, {}), renderTemplate(undefined, {})], [null, null]);
});

Deno.test("renderTemplate() cuts a summary after 1,000 characters, however often a template repeats a value", () => {
  const text = "x".repeat(1_000_000);
  const template = "{{ text }}".repeat(100_000);
  assertEquals(renderTemplate(template, { text }), "x".repeat(1_000));
  assertEquals(renderTemplate(text, {})?.length, 1_000);
});
