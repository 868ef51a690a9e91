import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { REPR_DIGEST, reprDigest } from '@farside/protocol';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { newHash, type HashCache } from '../../files/hashes.ts';
import type { Root } from '../../files/root.ts';
import { markOf, sameMark } from '../../files/walk.ts';

/** Read and sent at once: larger pieces mean fewer calls. */
const PIECE_BYTES = 512 * 1024;

/**
 * Sends a file of a root; one byte range is answered as such, so that downloads can be resumed. With `hashes`, the hash
 * of a file that goes out whole is computed by the way and kept, and one that is known goes along.
 */
export async function sendFile(
  root: Root,
  path: string,
  req: Request,
  res: Response,
  hashes?: HashCache,
): Promise<void> {
  const { handle, stats, realPath } = await root.open(path);
  try {
    const size = Number(stats.size);
    const etag = etagOf(stats);
    const hash = hashes?.known(realPath, markOf(stats));
    res.set({
      // Never shown by a browser as a page of this server, whatever is in it.
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Accept-Ranges': 'bytes',
      'Last-Modified': new Date(Number(stats.mtimeMs)).toUTCString(),
      ETag: etag,
      ...(hash !== undefined && { [REPR_DIGEST]: reprDigest(hash) }),
    });
    const range = rangeOf(req, size, etag);
    if (range === 'unsatisfiable') {
      res.status(416).set('Content-Range', `bytes */${size}`).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range) res.status(206).set('Content-Range', `bytes ${start}-${end}/${size}`);
    res.set('Content-Length', String(end - start + 1));
    if (req.method === 'HEAD' || end < start) {
      res.end();
      return;
    }
    const isWhole = end - start + 1 === size;
    const remember = hashes && hash === undefined && isWhole ? { hashes, realPath, stats } : undefined;
    await sendBytes(handle, { start, end }, res, remember);
  } finally {
    await handle.close();
  }
}

interface Remember {
  readonly hashes: HashCache;
  readonly realPath: string;
  readonly stats: BigIntStats;
}

async function sendBytes(
  handle: FileHandle,
  range: Range,
  res: Response,
  remember?: Remember,
): Promise<void> {
  const source = handle.createReadStream({ ...range, autoClose: false, highWaterMark: PIECE_BYTES });
  // A reader that goes away is no error of ours.
  const gone = (): void => void res.destroy();
  if (!remember) return pipeline(source, res).catch(gone);
  const hash = newHash();
  const look = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      // Known before the last byte is there: who asks for it next finds it.
      keep(handle, remember, hash.digest('hex')).then(() => done(), done);
    },
  });
  await pipeline(source, look, res).catch(gone);
}

/** A file that was written meanwhile has no hash worth keeping. */
async function keep(handle: FileHandle, { hashes, realPath, stats }: Remember, hash: string): Promise<void> {
  const before = markOf(stats);
  if (sameMark(before, markOf(await handle.stat({ bigint: true })))) hashes.remember(realPath, before, hash);
}

const etagOf = ({ ino, mtimeNs, size }: BigIntStats): string =>
  `"${ino.toString(36)}-${mtimeNs.toString(36)}-${size.toString(36)}"`;

type Range = { start: number; end: number };

function rangeOf(req: Request, size: number, etag: string): Range | 'unsatisfiable' | undefined {
  const condition = req.headers['if-range'];
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = req.range(size, { combine: true });
  if (ranges === undefined || ranges === -2) return undefined;
  if (ranges === -1) return 'unsatisfiable';
  return ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
}
