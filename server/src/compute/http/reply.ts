import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { FarsideError, toErrorBody } from '@farside/protocol';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { diskFull } from '../../runtime/diskFull.ts';

/** Requests of the web node are small: code of calls is the longest part. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Streams bytes at the reader's pace; when the source fails the connection is cut, so nobody takes a part for all. */
export async function sendStream(response: ServerResponse, type: string, body: Readable): Promise<void> {
  response.writeHead(200, { 'content-type': type });
  await pipeline(body, response).catch(() => response.destroy());
}

/** The one place where errors become replies. */
export function sendError(response: ServerResponse, error: unknown, log: Logger): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = asFarside(error, log);
  sendJson(response, known.status, toErrorBody(known));
}

export function asFarside(error: unknown, log: Logger): FarsideError {
  const known = error instanceof FarsideError ? error : diskFull(error);
  if (known) return known;
  const id = crypto.randomUUID();
  log.error({ err: error, id }, 'unexpected error');
  return new FarsideError('internal', { id }, { cause: error });
}

export async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new FarsideError('frameTooLarge', { size, limit: MAX_BODY_BYTES });
    parts.push(part as Buffer);
  }
  return parseWith(schema, () => JSON.parse(Buffer.concat(parts).toString('utf8')));
}

/** Turns what zod and JSON complain about into one sentence. */
export function parseWith<T>(schema: z.ZodType<T>, value: () => unknown): T {
  try {
    const result = schema.safeParse(value());
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new FarsideError('badRequest', {
      reason: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    });
  } catch (error) {
    if (error instanceof FarsideError) throw error;
    throw new FarsideError('badRequest', { reason: 'it is not JSON' });
  }
}
