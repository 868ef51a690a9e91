import type { Buffer } from './buffer.ts';

const LIMIT = 1000;

/** Earlier states of one line. Typing in a row is undone as a whole word, not letter by letter. */
export class Undo {
  readonly #states: Buffer[] = [];

  /** Keeps a state before it is changed. */
  keep(state: Buffer): void {
    if (this.#states.at(-1)?.text === state.text) return;
    this.#states.push(state);
    if (this.#states.length > LIMIT) this.#states.shift();
  }

  /** The last state that differs from the present one. */
  back(present: Buffer): Buffer | undefined {
    let state = this.#states.pop();
    while (state && state.text === present.text) state = this.#states.pop();
    return state;
  }

  clear(): void {
    this.#states.length = 0;
  }
}
