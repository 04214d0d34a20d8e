import { assertEquals } from "@std/assert";
import { isTransientHttpError, PrefactorNetworkError } from "../../mod.ts";
import { isNeverConnected, isUntrustedCertificate } from "../../src/errors/network_cause.ts";

/** Returns the error that `fetch` rejects with, as each runtime builds it. */
function fetchError(message: string, cause: { message?: string; code?: string } = {}): Error {
  const inner = Object.assign(
    new Error(cause.message ?? ""),
    cause.code === undefined ? {} : { code: cause.code },
  );
  return new TypeError(message, { cause: inner });
}

const DENO = "error sending request for url (https://h.test/): client error (Connect): ";

Deno.test("isNeverConnected() recognizes a refused connection and an unknown name on each runtime", () => {
  const cases: [cause: unknown, expected: boolean][] = [
    [
      fetchError("fetch failed", { message: `${DENO}tcp connect error: Connection refused (os error 111)` }),
      true,
    ],
    [fetchError("fetch failed", { message: `${DENO}dns error: failed to lookup address information` }), true],
    [fetchError("fetch failed", { message: "connect ECONNREFUSED 127.0.0.1:9", code: "ECONNREFUSED" }), true],
    [fetchError("fetch failed", { message: "getaddrinfo ENOTFOUND h.test", code: "ENOTFOUND" }), true],
    [Object.assign(new TypeError("Unable to connect"), { code: "ConnectionRefused" }), true],
    [fetchError("fetch failed", { message: "other side closed", code: "UND_ERR_SOCKET" }), false],
    [fetchError("fetch failed", { message: "read ECONNRESET", code: "ECONNRESET" }), false],
    [new TypeError("connection closed before message completed"), false],
    [undefined, false],
    ["ECONNREFUSED", false],
  ];
  for (const [cause, expected] of cases) assertEquals(isNeverConnected(cause), expected, Deno.inspect(cause));
});

Deno.test("isUntrustedCertificate() recognizes a certificate that is not trusted on each runtime", () => {
  const cases: [cause: unknown, expected: boolean][] = [
    [fetchError("fetch failed", { message: `${DENO}invalid peer certificate: UnknownIssuer` }), true],
    [
      fetchError("fetch failed", { message: "self-signed certificate", code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      true,
    ],
    [fetchError("fetch failed", { message: "expired", code: "CERT_HAS_EXPIRED" }), true],
    [fetchError("fetch failed", { message: "x", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }), true],
    [fetchError("fetch failed", { message: "x", code: "ERR_TLS_CERT_ALTNAME_INVALID" }), true],
    [fetchError("fetch failed", { message: "connect ECONNREFUSED", code: "ECONNREFUSED" }), false],
    [undefined, false],
  ];
  for (const [cause, expected] of cases) {
    assertEquals(isUntrustedCertificate(cause), expected, Deno.inspect(cause));
    assertEquals(isTransientHttpError(new PrefactorNetworkError("m", { cause })), !expected);
  }
});

Deno.test("isNeverConnected() ends for a cause that is its own cause", () => {
  const cause = new Error("round");
  cause.cause = cause;
  assertEquals(isNeverConnected(cause), false);
});
