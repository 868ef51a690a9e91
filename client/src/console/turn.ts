/** The way from a console to its terminal: all that comes in one turn is drawn and written at once. */
export class Turn {
  readonly #sink: (text: string) => void;
  readonly #draw: () => void;
  #out = '';
  #due = false;
  #held = false;

  constructor(sink: (text: string) => void, draw: () => void) {
    this.#sink = sink;
    this.#draw = draw;
  }

  /** The terminal is somebody else's: what is written waits. */
  get isHeld(): boolean {
    return this.#held;
  }
  /** Characters that wait for it. */
  get waiting(): number {
    return this.#held ? this.#out.length : 0;
  }

  write(text: string): void {
    this.#out += text;
    this.schedule();
  }

  schedule(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    if (this.#held) return void (this.#due = false);
    this.#due = true;
    this.#draw();
    this.#due = false;
    const out = this.#out;
    this.#out = '';
    if (out) this.#sink(out);
  }

  hold(): void {
    this.flush();
    this.#held = true;
  }
  release(): void {
    this.#held = false;
  }
}
