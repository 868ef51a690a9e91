import { bufferOf, type Buffer } from './buffer.ts';
import { before } from './text.ts';

/** Ctrl-R: looks back through the history for a piece of text. */
export class Search {
  readonly #lines: readonly string[];
  readonly #draft: Buffer;
  #query = '';
  #at: number;
  #found: Buffer;
  #failed = false;

  constructor(lines: readonly string[], draft: Buffer) {
    this.#lines = lines;
    this.#at = lines.length;
    this.#draft = draft;
    this.#found = draft;
  }

  get prompt(): string {
    return `(${this.#failed ? 'failed ' : ''}reverse-i-search)\`${this.#query}': `;
  }
  get found(): Buffer {
    return this.#found;
  }
  /** What was being typed before. */
  get draft(): Buffer {
    return this.#draft;
  }

  type(text: string): void {
    this.#query += text;
    this.#look(Math.min(this.#at, this.#lines.length - 1));
  }
  erase(): void {
    this.#query = this.#query.slice(0, before(this.#query, this.#query.length));
    this.#look(this.#lines.length - 1);
  }
  next(): void {
    this.#look(this.#at - 1);
  }

  #look(from: number): void {
    this.#failed = false;
    if (!this.#query) return;
    for (let i = from; i >= 0; i--) {
      const place = this.#lines[i]?.indexOf(this.#query) ?? -1;
      if (place < 0) continue;
      this.#at = i;
      this.#found = bufferOf(this.#lines[i] ?? '', place);
      return;
    }
    this.#failed = true;
  }
}
