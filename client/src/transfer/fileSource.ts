import { createHash } from 'node:crypto';
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
  /** SHA-256 of the whole file, hex; what was sent from its beginning on is not read again. */
  hash(onPart: (bytes: number) => void): Promise<string>;
  /** Ends what is being read and closes the file. */
  close(): void;
}

/**
 * A local file for tus, opened once: a file that is replaced meanwhile is still sent as it was. `failed` is told what
 * breaks inside a piece, a file that became shorter too; tus itself would wait for bytes that never come.
 */
export function fileSource(path: string, size: number, failed: (error: FarsideError) => void): FileSource {
  const opened = open(path, 'r').catch((error: unknown) => {
    throw localError(path, error);
  });
  // Whoever opens it through tus gets the error.
  opened.catch(() => undefined);
  const hash = createHash('sha256');
  let hashed = 0;
  let current: Readable | undefined;
  const close = (): void => {
    current?.destroy();
    void opened.then((handle) => handle.close()).catch(() => undefined);
  };
  async function* parts(start: number, end: number): AsyncGenerator<Buffer> {
    const handle = await opened;
    for (let at = start; at < end;) {
      const part = await readPart(handle, path, at, Math.min(PART_BYTES, end - at));
      if (at <= hashed && hashed < at + part.length) {
        hash.update(part.subarray(hashed - at));
        hashed = at + part.length;
      }
      at += part.length;
      yield part;
    }
  }
  const slice = async (start: number, wantedEnd: number) => {
    const end = Math.min(wantedEnd, size);
    current = Readable.from(parts(start, end), { objectMode: false, highWaterMark: PART_BYTES });
    current.on('error', (error) => failed(localError(path, error)));
    return { value: Object.assign(current, { size: end - start }), done: end >= size };
  };
  const openFile = async () => {
    await opened;
    return { size, slice, close };
  };
  return {
    reader: { openFile },
    close,
    async hash(onPart) {
      // An upload that was gone on with began behind the beginning, and the last piece has not been read yet.
      for await (const part of parts(hashed, size)) onPart(part.length);
      return hash.copy().digest('hex');
    },
  };
}

async function readPart(handle: FileHandle, path: string, position: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(size), position });
  if (bytesRead === 0)
    throw new FarsideError('localFile', { path, reason: 'it became shorter while it was sent' });
  return buffer.subarray(0, bytesRead);
}
