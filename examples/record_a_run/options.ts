/** The arguments of the demo. */
import { parseArgs } from "node:util";

/** Reads the arguments. */
export function readOptions(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      folder: { type: "string", default: `${import.meta.dirname}/../../src` },
      terminate: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { ...values, question: positionals.join(" ") || "How long does a retry wait?" };
}
