import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import { markOf, sameMark, type FileMark } from './walk.ts';

/** Read at once: larger pieces mean fewer calls. */
const PIECE_BYTES = 512 * 1024;
/** About 300 bytes each; the one looked at longest ago goes first. */
const MAX_HASHES = 100_000;

/** SHA-256 of files, computed again only when size, modification time or inode changed. */
export class HashCache {
  readonly #known = new Map<string, { mark: FileMark; hash: string }>();

  /** The hash of a file, or undefined when it is gone. `realPath` must have been checked to be inside. */
  async hash(realPath: string, mark: FileMark): Promise<string | undefined> {
    const known = this.known(realPath, mark);
    if (known !== undefined) return known;
    const handle = await open(realPath, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
    if (!handle) return undefined;
    try {
      return await this.#compute(handle, realPath);
    } finally {
      await handle.close();
    }
  }

  /** {@link hash} of a file that is open. */
  async ofOpen(handle: FileHandle, realPath: string, mark: FileMark): Promise<string> {
    return this.known(realPath, mark) ?? this.#compute(handle, realPath);
  }

  /** The hash when it need not be computed. */
  known(realPath: string, mark: FileMark): string | undefined {
    const known = this.#known.get(realPath);
    if (!known || !sameMark(known.mark, mark)) return undefined;
    this.remember(realPath, mark, known.hash);
    return known.hash;
  }

  remember(realPath: string, mark: FileMark, hash: string): void {
    this.#known.delete(realPath);
    this.#known.set(realPath, { mark, hash });
    if (this.#known.size > MAX_HASHES) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  async #compute(handle: FileHandle, realPath: string): Promise<string> {
    const before = markOf(await handle.stat({ bigint: true }));
    const hash = await hashHandle(handle);
    const after = markOf(await handle.stat({ bigint: true }));
    // A file written meanwhile has no hash worth keeping.
    if (sameMark(before, after)) this.remember(realPath, after, hash);
    return hash;
  }
}

/** SHA-256 of a file, hex. */
export async function hashFile(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    return await hashHandle(handle);
  } finally {
    await handle.close();
  }
}

/** SHA-256 of an open file, hex. */
async function hashHandle(handle: FileHandle): Promise<string> {
  const reader = new HashReader(handle);
  await reader.readOn();
  return reader.hash.digest('hex');
}

/** Feeds a file to a hash, out of two buffers: one is read into while the other is looked at. */
export class HashReader {
  readonly hash = newHash();
  /** Bytes that were read. */
  size = 0;
  readonly #handle: FileHandle;
  #filled = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #other = Buffer.allocUnsafeSlow(PIECE_BYTES);

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Reads what is there by now and was not read yet. */
  async readOn(): Promise<void> {
    for (let { bytesRead } = await this.#read(this.#filled); bytesRead > 0;) {
      this.size += bytesRead;
      const next = this.#read(this.#other);
      this.hash.update(this.#filled.subarray(0, bytesRead));
      ({ bytesRead } = await next);
      [this.#filled, this.#other] = [this.#other, this.#filled];
    }
  }

  #read(buffer: Buffer) {
    return this.#handle.read(buffer, 0, PIECE_BYTES, this.size);
  }
}

/** A hash that is fed by the way, while bytes pass. */
export const newHash = () => createHash('sha256');

/** A SHA-256 that somebody announces, in small letters. Throws `badRequest`. */
export function checkHash(hash: string | undefined): string {
  if (hash === undefined || !/^[0-9a-f]{64}$/i.test(hash))
    throw new FarsideError('badRequest', { reason: 'hash must be a SHA-256, hex' });
  return hash.toLowerCase();
}
