import { ERRORS, type ErrorCode } from './errorTable.ts';

export type ErrorDetails = Readonly<Record<string, string | number>>;

/** The one error class of all parts; `code` is a key of {@link ERRORS}. */
export class FarsideError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].message, details), options);
    this.name = 'FarsideError';
    this.code = code;
    this.details = details;
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
  get hint(): string {
    return fill(ERRORS[this.code].hint, this.details);
  }
  /** Message and hint in one text, for a terminal or a notification. */
  get text(): string {
    return this.hint ? `${this.message} ${this.hint}` : this.message;
  }
}

/** What goes over the wire: the original's fields (core and services) and our own. */
export interface ErrorBody {
  message: string;
  link: string;
  exceptionType: string;
  code: string;
  /** The part of the request that was refused; empty when it is not one part. */
  fields: string;
  details: ErrorDetails;
  retryable: boolean;
}

export function toErrorBody(error: FarsideError): ErrorBody {
  return {
    message: error.text,
    link: `docs/errors.md#${error.code.toLowerCase()}`,
    exceptionType: error.code,
    code: error.code,
    fields: String(error.details['field'] ?? ''),
    details: error.details,
    retryable: error.retryable,
  };
}

/** Rebuilds the error of a reply; undefined when the body is not one of ours. */
export function fromErrorBody(body: unknown): FarsideError | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined;
  const { code, details } = body as { code: unknown; details?: ErrorDetails };
  if (typeof code !== 'string' || !(code in ERRORS)) return undefined;
  return new FarsideError(code as ErrorCode, details ?? {});
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
