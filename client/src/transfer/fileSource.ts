import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { UploadOptions } from 'tus-js-client';
import { FarsideError } from '@farside/protocol';
import { localError } from './localFile.ts';
import type { Piece } from './pieceStack.ts';

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
  let isClosed = false;
  async function* parts(start: number, end: number): AsyncGenerator<Buffer> {
    const handle = await opened;
    // One is read while the other is being sent.
    const memory = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(PART_BYTES, end - start)));
    for (let at = start, turn = 0; at < end && !isClosed; turn = 1 - turn) {
      const part = await readPart(handle, path, at, memory[turn]?.subarray(0, end - at));
      if (at <= hashed && hashed < at + part.length) {
        hash.update(part.subarray(hashed - at));
        hashed = at + part.length;
      }
      at += part.length;
      yield part;
    }
  }
  async function* toldParts(start: number, end: number): AsyncGenerator<Buffer> {
    try {
      yield* parts(start, end);
    } catch (error) {
      if (!isClosed) failed(localError(path, error));
      throw error;
    }
  }
  const slice = (start: number, wantedEnd: number) => {
    const end = Math.min(wantedEnd, size);
    const value: Piece = { size: end - start, parts: () => toldParts(start, end) };
    return Promise.resolve({ value, done: end >= size });
  };
  const close = (): void => {
    isClosed = true;
    void opened.then((handle) => handle.close()).catch(() => undefined);
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

async function readPart(
  handle: FileHandle,
  path: string,
  position: number,
  buffer: Buffer = Buffer.alloc(0),
): Promise<Buffer> {
  const { bytesRead } = await handle.read({ buffer, position });
  if (bytesRead === 0)
    throw new FarsideError('localFile', { path, reason: 'it became shorter while it was sent' });
  return buffer.subarray(0, bytesRead);
}
