export { FormatRegistry, Type } from "npm:@sinclair/typebox@0.34.52";
export { TypeCompiler } from "npm:@sinclair/typebox@0.34.52/compiler";
