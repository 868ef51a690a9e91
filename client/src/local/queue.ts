/** A line on its way to R. `shown`: it stands on the screen already. */
export interface QueuedLine {
  readonly text: string;
  readonly shown: boolean;
}

/** What was typed or pasted ahead: given to R one line at a prompt, so that nothing but a prompt for code takes it. */
export class LineQueue {
  #lines: QueuedLine[] = [];

  get size(): number {
    return this.#lines.length;
  }

  /** Behind all others. */
  add(text: string): void {
    for (const line of text.split('\n')) this.#lines.push({ text: line, shown: false });
  }

  /** The rest of a text whose first line R has now: before all others. */
  restOf(text: string): void {
    const rest = text.split('\n').slice(1);
    this.#lines.unshift(...rest.map((line) => ({ text: line, shown: true })));
  }

  /** A line that stands on the screen, but can not go to R yet. */
  putBack(text: string): void {
    this.#lines.unshift({ text, shown: true });
  }

  next(): QueuedLine | undefined {
    return this.#lines.shift();
  }

  /** Takes all out, e.g. to give them to another R. */
  take(): string[] {
    const lines = this.#lines.map(({ text }) => text);
    this.#lines = [];
    return lines;
  }
}
