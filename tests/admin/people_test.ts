import { PersonClient } from "@prefactor/http/admin";
import { type ParamType, required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, remove, type Resource, typed, update } from "./rows.ts";

const TEAM_IDS: ParamType = { expected: "an array", invalid: [["t-1", '"t-1"'], [{}, "an object"]] };

const PERSON: Resource = {
  noun: "person",
  plural: "people",
  path: "person",
  details: { type: "person", id: "p-1", team_ids: ["t-1"] },
};

testEndpoint({
  Client: PersonClient,
  of: (client) => adminOf(client).people,
  operations: {
    get: get(PERSON),
    list: list(PERSON, { filters: ["team_id"] }),
    create: create(PERSON, {
      required: { email: "ada@example.com", name: "Ada" },
      all: { email: "ada@example.com", name: "Ada", title: "Countess", team_ids: ["t-1"], id: "p-1" },
      types: { ...typed("email name", required(STRING)), ...typed("title id"), team_ids: TEAM_IDS },
    }),
    update: update(PERSON, {
      nullable: ["email", "name", "title", "team_ids"],
      all: { email: "ada@example.com", name: "Ada", title: "Countess", team_ids: [] },
      types: { ...typed("email name title"), team_ids: TEAM_IDS },
    }),
    delete: remove(PERSON),
  },
});
