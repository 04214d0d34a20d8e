export { default as axios } from "npm:axios@1.21.1";
