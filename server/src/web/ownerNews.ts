/** Tells whoever listens whose things are others than before. */
export class OwnerNews {
  readonly #listeners = new Set<(owner: string) => void>();

  /** Returns how to stop it. */
  on(listener: (owner: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(owner: string): void {
    for (const listener of this.#listeners) listener(owner);
  }
}
