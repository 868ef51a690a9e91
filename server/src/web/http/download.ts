import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import type { Root } from '../../files/root.ts';

/** Sends a file of a root; one byte range is answered as such, so that downloads can be resumed. */
export async function sendFile(root: Root, path: string, req: Request, res: Response): Promise<void> {
  const { handle, stats } = await root.open(path);
  try {
    const size = Number(stats.size);
    const etag = `"${stats.ino.toString(36)}-${stats.mtimeNs.toString(36)}-${size.toString(36)}"`;
    res.set({
      // Never shown by a browser as a page of this server, whatever is in it.
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Accept-Ranges': 'bytes',
      'Last-Modified': new Date(Number(stats.mtimeMs)).toUTCString(),
      ETag: etag,
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
    // A reader that goes away is no error of ours.
    await pipeline(handle.createReadStream({ start, end, autoClose: false }), res).catch(() => res.destroy());
  } finally {
    await handle.close();
  }
}

type Range = { start: number; end: number };

function rangeOf(req: Request, size: number, etag: string): Range | 'unsatisfiable' | undefined {
  const condition = req.headers['if-range'];
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = req.range(size, { combine: true });
  if (ranges === undefined || ranges === -2) return undefined;
  if (ranges === -1) return 'unsatisfiable';
  return ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
}
