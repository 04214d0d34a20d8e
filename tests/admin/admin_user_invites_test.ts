import { AdminUserInviteClient } from "@prefactor/http/admin";
import { required, STRING, testEndpoint } from "../endpoints/table.ts";
import { act, adminOf, create, get, list, type Resource } from "./rows.ts";

const INVITE: Resource = {
  noun: "invite",
  plural: "invites",
  path: "admin_user_invite",
  details: { type: "admin_user_invite", id: "in-1", status: "pending", token: "s3cret" },
  isResponseSecret: true,
};

testEndpoint({
  Client: AdminUserInviteClient,
  of: (client) => adminOf(client).adminUserInvites,
  operations: {
    get: get(INVITE),
    list: list(INVITE),
    create: create(INVITE, {
      required: { email: "ada@example.com" },
      all: { email: "ada@example.com", account_id: "ac-1" },
      types: { email: required(STRING), account_id: STRING },
    }),
    revoke: act(INVITE, "revoke"),
  },
});
