/**
 * Stands in for `@std/async`: the part of it that this project uses.
 *
 * @module
 */
export * from "./delay.ts";
export * from "./retry.ts";
