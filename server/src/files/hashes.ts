import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hashHandle } from './root.ts';
import { markOf, sameMark, type FileMark } from './walk.ts';

/** About 300 bytes each; the one looked at longest ago goes first. */
const MAX_HASHES = 100_000;

/** SHA-256 of files, computed again only when size, modification time or inode changed. */
export class HashCache {
  readonly #known = new Map<string, { mark: FileMark; hash: string }>();

  /** The hash of a file, or undefined when it is gone. `realPath` must have been checked to be inside. */
  async hash(realPath: string, mark: FileMark): Promise<string | undefined> {
    const known = this.#known.get(realPath);
    if (known && sameMark(known.mark, mark)) {
      this.remember(realPath, mark, known.hash);
      return known.hash;
    }
    const handle = await open(realPath, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
    if (!handle) return undefined;
    try {
      const before = markOf(await handle.stat({ bigint: true }));
      const hash = await hashHandle(handle);
      const after = markOf(await handle.stat({ bigint: true }));
      // A file written meanwhile has no hash worth keeping.
      if (sameMark(before, after)) this.remember(realPath, after, hash);
      return hash;
    } finally {
      await handle.close();
    }
  }

  remember(realPath: string, mark: FileMark, hash: string): void {
    this.#known.delete(realPath);
    this.#known.set(realPath, { mark, hash });
    if (this.#known.size > MAX_HASHES) this.#known.delete(this.#known.keys().next().value ?? '');
  }
}
