import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import { FarsideError, toErrorBody } from '@farside/protocol';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { MAX_JSON_DEPTH } from './jsonDepth.ts';
import { diskFull } from '../../runtime/diskFull.ts';

/** The type of the error of a body that is nested too deep. */
export const TOO_DEEP = 'farside.too.deep';

/** What a failure is to the caller; what nobody expected is logged under an id. */
export function asFarside(error: unknown, log: Logger): FarsideError {
  if (error instanceof FarsideError) return error;
  if (error instanceof ZodError)
    return new FarsideError('badRequest', { reason: firstIssue(error), field: fieldOf(error) });
  const known = diskFull(error) ?? bodyError(error);
  if (known) return known;
  const id = randomUUID();
  log.error({ err: error, id }, 'unexpected error');
  return new FarsideError('internal', { id }, { cause: error });
}

/** The one place where errors become HTTP replies. */
export function errorReplies(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error, _req, res, _next) => {
    const known = asFarside(error, log);
    if (res.headersSent) {
      // A reply that broke off must not look complete.
      res.destroy();
      return;
    }
    if (known.code === 'slowDown') res.setHeader('Retry-After', String(known.details['seconds'] ?? 1));
    if (known.status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    res.status(known.status).json(toErrorBody(known));
  };
}

const fieldOf = (error: ZodError): string => error.issues[0]?.path.join('.') ?? '';

export function firstIssue(error: ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'it does not fit';
  const path = issue.path.join('.');
  return path ? `${path}: ${issue.message}` : issue.message;
}

const BAD_REQUEST = 400;

/** What Express and its body parser throw. */
function bodyError(error: unknown): FarsideError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof URIError)
    return new FarsideError('badRequest', { reason: 'the address has a bad % code' });
  switch ('type' in error && error.type) {
    case 'entity.parse.failed':
      return new FarsideError('badRequest', {
        reason: `the body is not JSON (${error.message.slice(0, 100)})`,
      });
    case TOO_DEEP:
      return new FarsideError('badRequest', {
        reason: `its values are nested deeper than ${MAX_JSON_DEPTH}`,
      });
    case 'entity.too.large': {
      const { length = 0, limit = 0 } = error as { length?: number; limit?: number };
      return new FarsideError('frameTooLarge', { size: length, limit });
    }
    case 'request.aborted':
    case 'request.size.invalid':
      return new FarsideError('badRequest', { reason: 'the body is not complete' });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new FarsideError('badRequest', { reason: 'the body’s encoding is not known' });
    default:
      // A body that is not packed as it says comes with a status alone.
      return 'status' in error && error.status === BAD_REQUEST
        ? new FarsideError('badRequest', {
            reason: `the body can not be read (${error.message.slice(0, 100)})`,
          })
        : undefined;
  }
}
