import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FarsideError } from '@farside/protocol';

const FILE_MODE = 0o600;

/**
 * The body of a request as a stream that may fail without taking the connection along, so that the reply which says
 * why still arrives; Node reads the rest of the body away.
 */
export function bodyOf(req: IncomingMessage): Readable {
  const body = new PassThrough();
  req.once('close', () => {
    if (!req.complete) body.destroy(new FarsideError('badRequest', { reason: 'the body is not complete' }));
  });
  return req.pipe(body);
}

/** Writes a stream to a new file of this user's alone; throws `fileTooLarge` beyond the limit. */
export async function storeStream(
  stream: Readable,
  path: string,
  limit: number,
  name: string,
): Promise<void> {
  await pipeline(stream, atMost(limit, name), createWriteStream(path, { mode: FILE_MODE, flags: 'wx' }));
}

function atMost(limit: number, path: string): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(new FarsideError('fileTooLarge', { path, size, limit }));
      else done(null, chunk);
    },
  });
}
