import { AdminUserClient } from "@prefactor/http/admin";
import { testEndpoint, TIMESTAMP } from "../endpoints/table.ts";
import { adminOf, get, list, type Resource, typed, update } from "./rows.ts";

const ADMIN_USER: Resource = {
  noun: "admin user",
  plural: "admin users",
  path: "admin_user",
  details: { type: "admin_user", id: "u-1", job_title: null },
};

testEndpoint({
  Client: AdminUserClient,
  of: (client) => adminOf(client).adminUsers,
  operations: {
    get: get(ADMIN_USER),
    list: list(ADMIN_USER, { filters: ["account_id"] }),
    update: update(ADMIN_USER, {
      nullable: ["name", "job_title", "profile_completed_at"],
      all: { name: "Ada", job_title: "Operator", profile_completed_at: new Date(0) },
      converted: { profile_completed_at: "1970-01-01T00:00:00.000Z" },
      types: { ...typed("name job_title"), profile_completed_at: TIMESTAMP },
    }),
  },
});
