export { Ajv, type Format } from "npm:ajv@8.20.0";
export { fastFormats, fullFormats } from "npm:ajv-formats@3.0.1/dist/formats.js";
