import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorAdminClient } from "@prefactor/http/admin";
import {
  isPrefactorHttpError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorValidationError,
} from "../../mod.ts";
import { type Answer, failureOf, json, makeClient, settle } from "../helpers.ts";
import { shownTexts } from "../shown_texts.ts";

const SECRET = "eyJzZWNyZXQi.c2VjcmV0";
const SECRETS = { token: SECRET, invite_url: `https://app.example/invite/${SECRET}` };
const DETAILS = { id: "x-1", status: "active", ...SECRETS };

function assertSilent(value: unknown): void {
  for (const text of shownTexts(value)) assertFalse(text.includes(SECRET), text.slice(0, 2_000));
}

/** Every operation whose response may hold a secret. */
const OPERATIONS: Readonly<Record<string, (admin: PrefactorAdminClient) => Promise<unknown>>> = {
  "apiTokens.create": ({ apiTokens }) => apiTokens.create({ token_scope: "account" }),
  "apiTokens.get": ({ apiTokens }) => apiTokens.get("x-1"),
  "apiTokens.list": ({ apiTokens }) => apiTokens.list(),
  "apiTokens.suspend": ({ apiTokens }) => apiTokens.suspend("x-1"),
  "apiTokens.activate": ({ apiTokens }) => apiTokens.activate("x-1"),
  "apiTokens.revoke": ({ apiTokens }) => apiTokens.revoke("x-1"),
  "adminUserInvites.create": ({ adminUserInvites }) => adminUserInvites.create({ email: "ada@example.com" }),
  "adminUserInvites.get": ({ adminUserInvites }) => adminUserInvites.get("x-1"),
  "adminUserInvites.list": ({ adminUserInvites }) => adminUserInvites.list(),
  "adminUserInvites.listAll": ({ adminUserInvites }) => Array.fromAsync(adminUserInvites.listAll()),
  "adminUserInvites.revoke": ({ adminUserInvites }) => adminUserInvites.revoke("x-1"),
};

/** Responses that no operation accepts. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "a wrong ID": () =>
    json({ ...SECRETS, details: { ...DETAILS, id: SECRETS }, summaries: [{ id: SECRET }, {}] }),
  "a wrong field": () =>
    json({ details: { ...DETAILS, inserted_at: SECRET }, summaries: [{ ...DETAILS, inserted_at: SECRET }] }),
  "a wrong status": () => json({ ...DETAILS, status: SECRET }),
  "a body that was cut off": () =>
    new Response(JSON.stringify({ ...SECRETS, details: DETAILS }).slice(0, -1)),
  "text": () => new Response(SECRET),
  "a string": () => json(SECRET),
  "an array": () => json([SECRET]),
  "an error": () => json({ ...SECRETS, code: "internal", message: "Try again", details: DETAILS }, 500),
  "a text with an error status": () => new Response(SECRET, { status: 502 }),
  "a redirect": () => new Response(null, { status: 302, headers: { location: SECRETS.invite_url } }),
};

for (const [name, call] of Object.entries(OPERATIONS)) {
  Deno.test(`${name}() keeps secrets out of its errors and events`, async (t) => {
    for (const [what, answer] of Object.entries(ANSWERS)) {
      await t.step(what, async () => {
        const events: unknown[] = [];
        const record = (event: unknown) => void events.push(event);
        const hooks = { onRequest: record, onResponse: record, onError: record };
        const { client } = makeClient(answer, { hooks, maxRetries: 0 });
        const error = await failureOf(call(new PrefactorAdminClient(client)));
        assert(isPrefactorHttpError(error), String(error));
        assertEquals((error as { body?: unknown }).body, undefined);
        assertSilent([error, events]);
      });
    }
  });
}

Deno.test("adminUserInvites.listAll() keeps secrets out of the error about a page that does not advance", async () => {
  const page = { summaries: [DETAILS], pagination: { next_page_offset: SECRET } };
  const { client } = makeClient(() => json(page));
  const { adminUserInvites } = new PrefactorAdminClient(client);
  const error = await failureOf(Array.fromAsync(adminUserInvites.listAll()));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals(error.path, "pagination.next_page_offset");
  assertSilent(error);
});

Deno.test("apiTokens.create() keeps secrets out of the errors of its retries", async () => {
  using time = new FakeTime();
  const events: unknown[] = [];
  const hooks = { onRetry: (event: unknown) => void events.push(event) };
  const { client } = makeClient(() => json({ ...SECRETS, details: DETAILS }, 503), { hooks, maxRetries: 2 });
  const created = new PrefactorAdminClient(client).apiTokens.create({ token_scope: "account" });
  const error = await failureOf(settle(time, created));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertEquals(events.length, 2);
  assertSilent([error, events]);
});

Deno.test("apiTokens.create() names the place of a problem without its value", async () => {
  const { client } = makeClient(() =>
    json({ details: DETAILS, token: [SECRET] }, 201, { "x-request-id": "req-1" })
  );
  const error = await failureOf(
    new PrefactorAdminClient(client).apiTokens.create({ token_scope: "account" }),
  );
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals(
    [error.message, error.path, error.statusCode, error.requestId],
    ["Cannot read the response to POST /api/v1/api_token: 'token' must be a string", "token", 201, "req-1"],
  );
});

Deno.test("adminUserInvites.create() keeps the code, the message and the field errors of the API", async () => {
  const errors = { email: { status: "error", code: "taken", message: "is taken" } };
  const { client } = makeClient(() => json({ code: "validation_errors", message: "Invalid", errors }, 422));
  const error = await failureOf(
    new PrefactorAdminClient(client).adminUserInvites.create({ email: "ada@example.com" }),
  );
  assertInstanceOf(error, PrefactorValidationError);
  assertEquals([error.code, error.errors, error.body], ["validation_errors", errors, undefined]);
  assertEquals(
    error.message,
    "POST /api/v1/admin_user_invite failed with 422 validation_errors: Invalid (email: is taken)",
  );
});
