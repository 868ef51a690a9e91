import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import { reasonOf } from '../connection/http.ts';

/** Read at once: larger pieces mean fewer calls. */
const PIECE_BYTES = 1024 * 1024;

/** A regular file's size and time of change (ns since 1970). Throws `localFile`. */
export async function factsOf(path: string): Promise<{ size: number; modified: bigint }> {
  const facts = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw localError(path, error);
  });
  if (!facts.isFile()) throw new FarsideError('localFile', { path, reason: 'it is not a regular file' });
  return { size: Number(facts.size), modified: facts.mtimeNs };
}

/** A regular file's size and SHA-256 (hex), read once. Throws `noSuchFile`, `localFile`, `cancelled`. */
export async function describeFile(
  path: string,
  signal?: AbortSignal,
  onBytes?: (read: number) => void,
): Promise<{ size: number; hash: string }> {
  await factsOf(path);
  const hash = createHash('sha256');
  const size = await feed(hash, path, Number.POSITIVE_INFINITY, signal, onBytes);
  return { size, hash: hash.digest('hex') };
}

/** Feeds the beginning of a file, at most `limit` bytes, to a hash; the number of bytes. */
export async function feed(
  hash: { update(bytes: Buffer): unknown },
  path: string,
  limit: number,
  signal?: AbortSignal,
  onBytes?: (read: number) => void,
): Promise<number> {
  if (limit === 0) return 0;
  let size = 0;
  try {
    for await (const part of createReadStream(path, { highWaterMark: PIECE_BYTES, end: limit - 1, signal })) {
      hash.update(part as Buffer);
      size += (part as Buffer).length;
      onBytes?.(size);
    }
  } catch (error) {
    if (signal?.aborted) throw new FarsideError('cancelled', { what: 'The transfer' });
    throw localError(path, error);
  }
  return size;
}

/** What a failed operation on a file of this machine means to people. */
export function localError(path: string, error: unknown): FarsideError {
  if (error instanceof FarsideError) return error;
  return new FarsideError('localFile', { path, reason: reasonOf(error) }, { cause: error });
}
