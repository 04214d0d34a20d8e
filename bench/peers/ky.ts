export { default as ky } from "npm:ky@2.1.0";
