/**
 * Recognizes the causes of network errors on each runtime.
 *
 * Node and Bun set a `code`; on Deno there is only the message.
 *
 * @module
 */

/** The connection was refused or the name was not found. Sources: errno of libuv, Bun's codes, Deno's messages. */
const NEVER_CONNECTED =
  /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ConnectionRefused|DNSResolve\w*)\b|connection refused|dns error|failed to lookup address/i;

/** The certificate is not trusted. Sources: OpenSSL's codes in Node and Bun, rustls's messages in Deno. */
const UNTRUSTED_CERTIFICATE =
  /\b(?:(?:DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|CERT_[A-Z_]+|\w*UNABLE_TO_(?:VERIFY|GET)\w*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|UNKNOWN_CERTIFICATE_VERIFICATION_ERROR)\b|invalid peer certificate/;

/** The maximum number of nested causes to check. */
const MAX_DEPTH = 10;

/** Returns whether the error shows that the request cannot have reached the server. */
export function isNeverConnected(cause: unknown): boolean {
  return says(cause, NEVER_CONNECTED);
}

/** Returns whether the error shows that the server's certificate is not trusted. */
export function isUntrustedCertificate(cause: unknown): boolean {
  return says(cause, UNTRUSTED_CERTIFICATE);
}

function says(cause: unknown, pattern: RegExp): boolean {
  let error = cause;
  for (let depth = 0; depth < MAX_DEPTH && error instanceof Error; depth++, error = error.cause) {
    if (pattern.test(error.message) || pattern.test(String((error as { code?: unknown }).code))) return true;
  }
  return false;
}
