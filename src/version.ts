/** The version of this package, as it stands in `deno.json`. */
export const VERSION = "0.1.0";
