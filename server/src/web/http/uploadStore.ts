import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { Hash } from 'node:crypto';
import { newHash } from '../../files/hashes.ts';
import { diskFull } from '../../runtime/diskFull.ts';
import { giveBack } from './parts.ts';

/** Uploads under way whose hash is kept in memory; the hash of another one is computed at its end. */
const MOST_HASHED = 1_000;

/** What may come while the disk writes. */
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
    const file = await open(join(this.#directory, id), 'r+');
    const sink = new Writable({
      highWaterMark: WRITE_BUFFER_BYTES,
      write(part: Buffer, _encoding, done) {
        const writing = writeWhole(file, part, size);
        size += part.length;
        // While the disk writes it.
        state?.hash.update(part);
        void writing.then(() => giveBack(part)).then(() => done(), done);
      },
    });
    try {
      await pipeline(readable, sink);
    } catch (error) {
      throw diskFull(error) ?? error;
    } finally {
      await file.close();
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

async function writeWhole(file: FileHandle, part: Buffer, position: number): Promise<void> {
  for (let done = 0; done < part.length;)
    done += (await file.write(part, done, part.length - done, position + done)).bytesWritten;
}
