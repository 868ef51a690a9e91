/** A second Ctrl-C sooner than this is the same wish. */
const PATIENCE_MS = 1000;

/** The first Ctrl-C interrupts R; one more, when R did not come back, also ends its child processes. */
export class InterruptLadder {
  #first: number | undefined;

  next(now = Date.now()): 1 | 2 {
    this.#first ??= now;
    return now - this.#first > PATIENCE_MS ? 2 : 1;
  }

  /** R is back at a prompt. */
  reset(): void {
    this.#first = undefined;
  }
}
