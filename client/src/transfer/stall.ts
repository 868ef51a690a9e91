/** A line this slow is still waited for: 16 KB/s. */
const SLOWEST_BYTES_PER_MS = 16;
/** What systems keep of a connection that takes it slowly. Linux's own limit: 4 MB. */
const MOST_HELD = 4 * 1024 * 1024;

/** Ends what does not move. */
export class Stall {
  readonly #ms: number;
  readonly #late: (seconds: number) => void;
  #timer: NodeJS.Timeout;

  /** `late` is called after so many ms in which nothing moved. */
  constructor(ms: number, late: (seconds: number) => void) {
    this.#ms = ms;
    this.#late = late;
    this.#timer = this.#start(0);
  }

  /**
   * Something moved. `handedOver`: so many bytes, all there are, were given to the system, and the answer to them is
   * waited for. They may be far from through yet, and nobody can see how they move.
   */
  moves(handedOver = 0): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(Math.min(handedOver, MOST_HELD) / SLOWEST_BYTES_PER_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(more: number): NodeJS.Timeout {
    const ms = this.#ms + more;
    return setTimeout(() => this.#late(ms / 1000), ms);
  }
}
