import { AccountClient } from "@prefactor/http/admin";
import { STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, get, list, type Resource, update } from "./rows.ts";

const NAMED = { all: { name: "New" }, types: { name: STRING } };

const ACCOUNT: Resource = {
  noun: "account",
  plural: "accounts",
  path: "account",
  details: { type: "account", id: "ac-1", name: "Example" },
};

testEndpoint({
  Client: AccountClient,
  of: (client) => adminOf(client).accounts,
  operations: { get: get(ACCOUNT), list: list(ACCOUNT), update: update(ACCOUNT, NAMED) },
});
