/**
 * Stands in for `@std/async`, as far as this project uses it.
 *
 * @module
 */
export * from "./delay.ts";
export * from "./retry.ts";
