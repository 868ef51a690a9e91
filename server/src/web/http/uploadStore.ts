import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { Hash } from 'node:crypto';
import { newHash } from '../../files/hashes.ts';
import { diskFull } from '../../runtime/diskFull.ts';

/** Uploads under way whose hash is kept in memory; the hash of another one is computed at its end. */
const MOST_HASHED = 1_000;

/** What comes while the disk writes is written at once, not in the parts of 64 KB in which it came. */
const WRITE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Uploads in files, hashed while they come, so that a complete one need not be read again. */
export class UploadStore extends FileStore {
  readonly #hashed = new Map<string, { hash: Hash; size: number }>();
  readonly #directory: string;

  constructor(directory: string, expiresMs: number) {
    super({ directory, expirationPeriodInMilliseconds: expiresMs });
    this.#directory = directory;
  }

  /** As the original, but it says when the disk is full. */
  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const known = offset === 0 ? { hash: newHash(), size: 0 } : this.#hashed.get(id);
    this.#hashed.delete(id);
    const state = known?.size === offset ? known : undefined;
    let size = offset;
    const look = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        state?.hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(
        readable,
        look,
        createWriteStream(join(this.#directory, id), {
          flags: 'r+',
          start: offset,
          highWaterMark: WRITE_BUFFER_BYTES,
        }),
      );
    } catch (error) {
      throw diskFull(error) ?? error;
    }
    if (state) this.#remember(id, { hash: state.hash, size });
    return size;
  }

  override async remove(id: string): Promise<void> {
    this.#hashed.delete(id);
    await super.remove(id);
  }

  /** SHA-256 of an upload of this size, hex; undefined when not all of it was seen. */
  hashOf(id: string, size: number): string | undefined {
    const known = this.#hashed.get(id);
    return known?.size === size ? known.hash.copy().digest('hex') : undefined;
  }

  #remember(id: string, state: { hash: Hash; size: number }): void {
    this.#hashed.set(id, state);
    if (this.#hashed.size > MOST_HASHED) this.#hashed.delete(this.#hashed.keys().next().value ?? '');
  }
}
