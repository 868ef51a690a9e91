import { FarsideError } from '@farside/protocol';

/**
 * Which snapshots sessions are loading. R reads a snapshot by its path for as long as it takes, so one that is deleted
 * meanwhile goes when the last of them is done, and nobody begins with it any more: nothing is loaded by half.
 */
export class Uses {
  readonly #under = new Map<string, Set<Promise<unknown>>>();
  readonly #doomed = new Set<string>();

  /** Throws `noSuchSnapshot` for one that is being deleted. */
  check(snapshot: string): void {
    if (this.#doomed.has(snapshot)) throw new FarsideError('noSuchSnapshot', { snapshot });
  }

  /** Keeps the snapshot while `work` uses it. Throws as {@link check}. */
  async during<T>(snapshot: string, work: () => Promise<T>): Promise<T> {
    this.check(snapshot);
    const uses = this.#under.get(snapshot) ?? new Set();
    this.#under.set(snapshot, uses);
    const use = work();
    uses.add(use);
    try {
      return await use;
    } finally {
      uses.delete(use);
      if (uses.size === 0) this.#under.delete(snapshot);
    }
  }

  /** Deletes by `work` when nobody uses it any more; until then nobody new does. Throws as {@link check}. */
  async end(snapshot: string, work: () => Promise<void>): Promise<void> {
    this.check(snapshot);
    this.#doomed.add(snapshot);
    try {
      await Promise.allSettled(this.#under.get(snapshot) ?? []);
      await work();
    } finally {
      this.#doomed.delete(snapshot);
    }
  }
}
