import type { Progress } from './types.ts';

/** Adds up the progress of several files. */
export class Tally {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #bytes = new Map<string, number>();
  readonly #total: number;
  readonly #listener: ((progress: Progress) => void) | undefined;
  #done = 0;
  #sum = 0;

  constructor(
    files: readonly { readonly path: string; readonly size: number }[],
    listener: ((progress: Progress) => void) | undefined,
  ) {
    this.#sizes = new Map(files.map(({ path, size }) => [path, size]));
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
    this.#listener = listener;
  }

  sent(path: string, bytes: number): void {
    this.#sum += bytes - (this.#bytes.get(path) ?? 0);
    this.#bytes.set(path, bytes);
    this.#tell(path);
  }

  finished(path: string): void {
    this.#done++;
    this.sent(path, this.#sizes.get(path) ?? 0);
  }

  #tell(path: string): void {
    this.#listener?.({
      done: this.#done,
      total: this.#sizes.size,
      bytesDone: this.#sum,
      bytesTotal: this.#total,
      path,
    });
  }
}
