/** A second Ctrl-C sooner than this is the same wish: a key that repeats, or a nervous finger. */
const SAME_WISH_MS = 250;

/** How many times R was interrupted since it was at a prompt: 1 as Ctrl-C does, 2 its child processes too, 3 ask. */
export type Rung = 1 | 2 | 3;

/** Each Ctrl-C while R does not stop goes one rung up. */
export class InterruptLadder {
  #rung: 0 | Rung = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** 0: not interrupted. */
  get rung(): 0 | Rung {
    return this.#rung;
  }

  /** `now`: ms. */
  next(now = Date.now()): Rung {
    const same = this.#rung > 0 && now - this.#last < SAME_WISH_MS;
    this.#last = now;
    if (!same && this.#rung < 3) this.#rung = (this.#rung + 1) as Rung;
    return this.#rung as Rung;
  }

  /** Asked and answered: the next Ctrl-C asks again. */
  stepBack(): void {
    if (this.#rung === 3) this.#rung = 2;
    this.#last = Number.NEGATIVE_INFINITY;
  }

  /** R is back at a prompt. */
  reset(): void {
    this.#rung = 0;
    this.#last = Number.NEGATIVE_INFINITY;
  }
}
