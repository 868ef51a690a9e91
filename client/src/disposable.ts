/** Ends a subscription or frees a resource; calling it twice does no harm. */
export interface Disposable {
  dispose(): void;
}

/** A list of listeners. A listener that throws does not keep the others from hearing. */
export class Listeners<Args extends readonly unknown[], R = void> {
  readonly #list = new Set<(...args: Args) => R>();

  add(listener: (...args: Args) => R): Disposable {
    // A wrapper of its own, so that the same function can subscribe twice.
    const own = (...args: Args): R => listener(...args);
    this.#list.add(own);
    return { dispose: () => void this.#list.delete(own) };
  }

  /** Calls all of them and gives what they returned. */
  fire(...args: Args): R[] {
    const out: R[] = [];
    for (const listener of [...this.#list]) {
      try {
        out.push(listener(...args));
      } catch (error) {
        // Rethrown on its own turn: it is a fault of the listener, to be seen, not to be swallowed.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return out;
  }

  get size(): number {
    return this.#list.size;
  }

  clear(): void {
    this.#list.clear();
  }
}
