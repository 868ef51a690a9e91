/** Output kept for a console that is not shown; of more, the newest. */
const KEPT_CHARS = 256 * 1024;

/** The way from a console to its terminal: writes once a turn, and not at all while another console is shown. */
export class Stage {
  readonly #sink: (text: string) => void;
  readonly #draw: () => void;
  #out = '';
  #due = false;
  #hidden = false;
  #missed = '';

  constructor(sink: (text: string) => void, draw: () => void) {
    this.#sink = sink;
    this.#draw = draw;
  }

  get isHidden(): boolean {
    return this.#hidden;
  }

  write(text: string): void {
    if (this.#hidden) return;
    this.#out += text;
    this.schedule();
  }

  /** All that comes in one turn is drawn and written at once. */
  schedule(): void {
    if (this.#due || this.#hidden) return;
    this.#due = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    if (this.#hidden) return void (this.#due = false);
    this.#due = true;
    this.#draw();
    this.#due = false;
    const out = this.#out;
    this.#out = '';
    if (out) this.#sink(out);
  }

  hide(): void {
    this.flush();
    this.#hidden = true;
  }

  /** Output that came while it is hidden. */
  keep(text: string): void {
    this.#missed = (this.#missed + text).slice(-KEPT_CHARS);
  }

  /** Gives what was missed. */
  show(): string {
    this.#hidden = false;
    const missed = this.#missed;
    this.#missed = '';
    return missed;
  }
}
