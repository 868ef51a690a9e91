import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { UploadOptions } from 'tus-js-client';
import { FarsideError } from '@farside/protocol';
import { localError } from './localFile.ts';

/** Read and given to the socket at once: larger parts mean fewer calls. */
const PART_BYTES = 1024 * 1024;

export interface FileSource {
  /** How tus reads it. */
  readonly reader: NonNullable<UploadOptions['fileReader']>;
  /** Ends what is being read and closes the file. */
  close(): void;
}

/**
 * A local file for tus, opened once: a file that is replaced meanwhile is still sent as it was. `failed` is told what
 * breaks inside a piece, a file that became shorter too; tus itself would wait for bytes that never come.
 */
export function fileSource(path: string, size: number, failed: (error: FarsideError) => void): FileSource {
  const opened = open(path, 'r');
  // Whoever opens it through tus gets the error.
  opened.catch(() => undefined);
  let current: Readable | undefined;
  const close = (): void => {
    current?.destroy();
    void opened.then((handle) => handle.close()).catch(() => undefined);
  };
  const slice = async (start: number, wantedEnd: number) => {
    const end = Math.min(wantedEnd, size);
    const parts = partsOf(await opened, path, start, end);
    current = Readable.from(parts, { objectMode: false, highWaterMark: PART_BYTES });
    current.on('error', (error) => failed(localError(path, error)));
    return { value: Object.assign(current, { size: end - start }), done: end >= size };
  };
  const openFile = async () => {
    await opened.catch((error: unknown) => {
      throw localError(path, error);
    });
    return { size, slice, close };
  };
  return { reader: { openFile }, close };
}

async function* partsOf(
  handle: FileHandle,
  path: string,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.allocUnsafe(Math.min(PART_BYTES, end - at)),
      position: at,
    });
    if (bytesRead === 0)
      throw new FarsideError('localFile', { path, reason: 'it became shorter while it was sent' });
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
