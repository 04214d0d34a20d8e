/** The span types that the assistant registers, with the schemas of their payloads. */
import {
  actionProfile,
  dataCategories,
  type JsonObject,
  type SpanTypeSchemaForCreate,
} from "@prefactor/http";

const TEXT = { type: "string" };
const TEXTS = { type: "array", items: TEXT };
const COUNT = { type: "integer" };
const QUOTE = { lines: COUNT, line: COUNT, quote: TEXT };

/** The span types. The platform fills in the template to make the summary of a span. */
export const SPAN_TYPES: SpanTypeSchemaForCreate[] = [
  spanType("Answer", "{{question}}", { question: TEXT }, { answer: TEXT }),
  spanType("Plan", "look for {{words.size}} words", { question: TEXT }, { words: TEXTS }),
  spanType("Recall", "notes on {{words.size}} words", { words: TEXTS }, {}),
  spanType("List", "{{files}} files", {}, { files: COUNT, paths: TEXTS }),
  spanType("Search", "{{found}} of {{files}} files match", { words: TEXTS, files: COUNT }, {
    found: COUNT,
    best: TEXTS,
  }),
  spanType("Read", "{{paths.size}} files", { paths: TEXTS }, { quotes: TEXTS }),
  spanType("Read file", "line {{line}} of {{path}}", { path: TEXT }, QUOTE),
  spanType("Sum up", "{{answer}}", { quotes: TEXTS }, { answer: TEXT }),
  spanType("Ponder", "for {{seconds}} seconds", { seconds: COUNT }, { answer: TEXT }),
];

function spanType(title: string, template: string, params: JsonObject, results: JsonObject) {
  return {
    name: `assistant:${title.toLowerCase().replace(" ", "_")}`,
    title,
    template,
    params_schema: { type: "object", properties: params, required: Object.keys(params) },
    result_schema: { type: "object", properties: results },
    data_risk: {
      action_profile: actionProfile({
        read_data: "allowed",
        update_data: "disallowed",
        destroy_data: "disallowed",
      }),
      params_data_categories: dataCategories({ classification: "internal" }),
      result_data_categories: dataCategories({ classification: "internal" }),
    },
  };
}
