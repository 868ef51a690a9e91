import { watch } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { HashReader, hashFile } from './hashes.ts';

/**
 * SHA-256 (hex) of a file that somebody else writes, from before it is there until `written` settles with the path where
 * it is then: it is read while it grows, and again only when it was replaced on the way. Rejects as `written` does, and
 * when no file is there in the end; the file is closed by then, so that one that is removed gives back its place on the
 * disk.
 */
export async function hashWhileWritten(path: string, written: Promise<string>): Promise<string> {
  const news = new News(path, written);
  let handle: FileHandle | undefined;
  let reader: HashReader | undefined;
  try {
    for (let place: string | undefined; place === undefined;) {
      if (await news.next()) place = await written;
      handle ??= await open(path, 'r').catch(() => undefined);
      if (!handle) continue;
      reader ??= new HashReader(handle);
      await reader.readOn();
      if (place !== undefined && (await isWhole(place, handle, reader.size)))
        return reader.hash.digest('hex');
    }
  } finally {
    news.close();
    await handle?.close();
  }
  return hashFile(await written);
}

async function isWhole(path: string, handle: FileHandle, size: number): Promise<boolean> {
  const [mine, there] = [await handle.stat({ bigint: true }), await stat(path, { bigint: true })];
  return mine.ino === there.ino && mine.dev === there.dev && there.size === BigInt(size);
}

/** When there may be more to read. */
class News {
  readonly #close: () => void;
  #isOver = false;
  #isNew = false;
  #wake: (() => void) | undefined;

  constructor(path: string, written: Promise<unknown>) {
    this.#close = watched(path, () => this.#tell());
    const over = (): void => {
      this.#isOver = true;
      this.#tell();
    };
    written.then(over, over);
  }

  /** Waits until there is something new; whether it is the last time. */
  async next(): Promise<boolean> {
    if (!this.#isNew) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isNew = false;
    return this.#isOver;
  }

  close(): void {
    this.#close();
  }

  #tell(): void {
    this.#isNew = true;
    this.#wake?.();
  }
}

/** A system that is out of watches costs time, nothing else. */
function watched(path: string, onChange: () => void): () => void {
  try {
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
