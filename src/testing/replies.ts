/**
 * Replies of the sandbox, before they become responses.
 *
 * @module
 */

/** A status and a body. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  /** The fields of the body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The methods that the path supports, for the header `Allow` of a 405. */
  readonly allow?: string;
}

/** The error of a field. */
export interface FieldError {
  /** Always `"error"`. */
  readonly status: "error";
  /** The error code. */
  readonly code: string;
  /** The human-readable message. */
  readonly message: string;
}

/** The errors of fields, nested like the body. */
export interface FieldErrors {
  /** The error of a field, or the errors of its nested fields. */
  [field: string]: FieldError | FieldErrors;
}

/** An error reply. Handlers must throw it before they change anything. */
export class ErrorReply extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldErrors | undefined;

  constructor(status: number, code: string, message: string, errors?: FieldErrors) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** Converts the error to a reply. `parent` is the field of the body that contains the fields, if there is one. */
  toReply(parent?: string): Reply {
    const { status, code, message } = this;
    const errors = this.errors && parent !== undefined ? { [parent]: this.errors } : this.errors;
    return { status, body: { status: "error", code, message, ...(errors && { errors }) } };
  }
}

/** Creates the reply to a request with invalid fields. */
export function invalidFields(errors: FieldErrors): ErrorReply {
  return new ErrorReply(422, "validation_errors", "The request has invalid fields", errors);
}

/** Creates the error of a field. */
export function fieldError(code: string, message: string): FieldError {
  return { status: "error", code, message };
}
