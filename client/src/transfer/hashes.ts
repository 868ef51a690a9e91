import type { FileFacts } from './access.ts';

interface Known extends FileFacts {
  readonly hash: string;
}

/** SHA-256 of files by path, size and time of change, so that an unchanged file is not read again. */
export class HashCache {
  readonly #known: Map<string, Known>;

  constructor(saved: Iterable<readonly [string, Known]> = []) {
    this.#known = new Map(saved);
  }

  get(path: string, facts: FileFacts): string | undefined {
    const known = this.#known.get(path);
    return known && known.size === facts.size && known.modified === facts.modified ? known.hash : undefined;
  }

  set(path: string, facts: FileFacts, hash: string): void {
    this.#known.set(path, { size: facts.size, modified: facts.modified, hash });
  }

  /** Forgets files that are gone. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }

  /** For keeping between runs. */
  entries(): readonly (readonly [string, Known])[] {
    return [...this.#known];
  }
}
