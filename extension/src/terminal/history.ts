import type { Memento } from 'vscode';

const KEY = 'farside.history';
/** Lines kept from one window to the next. */
const KEPT = 1_000;

/** The lines typed in all terminals of this user, the newest last. */
export class InputHistory {
  readonly lines: string[];
  readonly #memento: Memento;
  #newest: string | undefined;
  #count: number;

  constructor(memento: Memento) {
    this.#memento = memento;
    this.lines = [...memento.get<string[]>(KEY, [])];
    this.#newest = this.lines.at(-1);
    this.#count = this.lines.length;
  }

  /** Writes them down when there are new ones. */
  keep(): void {
    if (this.lines.length === this.#count && this.lines.at(-1) === this.#newest) return;
    this.#newest = this.lines.at(-1);
    this.#count = this.lines.length;
    void this.#memento.update(KEY, this.lines.slice(-KEPT));
  }
}
