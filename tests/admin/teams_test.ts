import { TeamClient } from "@prefactor/http/admin";
import { required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, remove, type Resource, update } from "./rows.ts";

const NAMED = { all: { name: "New" }, types: { name: STRING } };

const TEAM: Resource = {
  noun: "team",
  plural: "teams",
  path: "team",
  details: { type: "team", id: "t-1", people_count: 4 },
};

testEndpoint({
  Client: TeamClient,
  of: (client) => adminOf(client).teams,
  operations: {
    get: get(TEAM),
    list: list(TEAM),
    create: create(TEAM, {
      required: { name: "Search" },
      all: { name: "Search", id: "t-1" },
      types: { name: required(STRING), id: STRING },
    }),
    update: update(TEAM, NAMED),
    delete: remove(TEAM),
  },
});
