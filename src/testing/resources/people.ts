/**
 * People.
 *
 * @module
 */

import { isArrayOf, isString } from "../../guards.ts";
import { isFilled, optional, required } from "../fields.ts";
import { plainRoutes } from "./plain_resource.ts";

/** The operations on people. */
export const PERSON_ROUTES = plainRoutes({
  type: "person",
  fields: {
    email: required(isFilled),
    name: required(isFilled),
    team_ids: optional((value) => isArrayOf(value, isString)),
    title: optional(isString),
  },
  defaults: { team_ids: [] },
  filters: { team_id: ({ team_ids }, id) => Array.isArray(team_ids) && team_ids.includes(id) },
});
