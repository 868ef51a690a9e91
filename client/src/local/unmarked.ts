/** R prints a prompt in one go: after so long a silence, in ms, an unfinished line may be one. */
const SILENCE_MS = 60;
/** Longer ones are no prompts. */
const TAIL_LIMIT = 500;

/**
 * Finds the prompts that R does not let us mark: menu(), scan(), browser(), "Hit <Return>", q(). It never tells what
 * they ask, and nothing that waits is given to them: only what the user types then goes to R at once.
 */
export class Unmarked {
  readonly #found: (tail: string) => void;
  #tail = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(found: (tail: string) => void) {
    this.#found = found;
  }

  output(text: string): void {
    clearTimeout(this.#timer);
    const all = this.#tail + text;
    this.#tail = all.slice(all.lastIndexOf('\n') + 1);
    if (this.#tail === '' || this.#tail.length > TAIL_LIMIT) return;
    const tail = this.#tail.replace(/\x1b\[[0-9;]*m/g, '');
    this.#timer = setTimeout(() => this.#found(tail), SILENCE_MS);
  }

  /** R is at a known place, or was given an answer. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#tail = '';
  }
}
