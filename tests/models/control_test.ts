import { isControl } from "../../mod.ts";
import { BOOLEAN, optional, STRING, testGuards } from "./break_every_leaf.ts";

testGuards([
  [isControl, { terminate: true, reason: "Over budget" }, {
    terminate: optional(BOOLEAN),
    reason: optional(STRING),
  }],
]);
