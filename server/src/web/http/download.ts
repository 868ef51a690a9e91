import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { REPR_DIGEST, reprDigest } from '@farside/protocol';
import type { Request, Response } from 'express';
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
    // A reader that goes away is no error of ours.
    await sendBytes(handle, { start, end }, res, remember).catch(() => void res.destroy());
  } finally {
    await handle.close();
  }
}

interface Remember {
  readonly hashes: HashCache;
  readonly realPath: string;
  readonly stats: BigIntStats;
}

/** Out of two buffers: one is read into while the other is on its way. */
async function sendBytes(
  handle: FileHandle,
  { start, end }: Range,
  res: Response,
  remember?: Remember,
): Promise<void> {
  const hash = remember && newHash();
  let [filling, other] = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)];
  let sent: Promise<void> = Promise.resolve();
  for (let at = start; at <= end;) {
    const { bytesRead } = await handle.read(filling, 0, Math.min(PIECE_BYTES, end - at + 1), at);
    const piece = filling.subarray(0, bytesRead);
    hash?.update(piece);
    at += bytesRead;
    await sent;
    // Known before the last byte is there: who asks for it next finds it.
    if (hash && at > end) await keep(handle, remember, hash.digest('hex'));
    // Shorter than it was: what was announced can not be kept, and the reply breaks off.
    if (bytesRead === 0) return void res.destroy();
    sent = written(res, piece);
    sent.catch(() => undefined);
    [filling, other] = [other, filling];
  }
  await sent;
  res.end();
}

/** The buffer may be used again. Rejects when the reader has gone. */
const written = (res: Response, piece: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    res.write(piece, (error) => (error ? reject(error) : resolve()));
  });

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
