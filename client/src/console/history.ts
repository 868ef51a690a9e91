import { bufferOf, type Buffer } from './buffer.ts';

const LIMIT = 5000;

/** Lines typed before; up and down walk those that begin like the text left of the cursor. */
export class History {
  readonly #lines: string[];
  #walk: { at: number; prefix: string; draft: Buffer } | undefined;

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
  get walking(): boolean {
    return this.#walk !== undefined;
  }

  add(line: string): void {
    this.#walk = undefined;
    if (!line.trim() || this.#lines.at(-1) === line) return;
    this.#lines.push(line);
    if (this.#lines.length > LIMIT) this.#lines.splice(0, this.#lines.length - LIMIT);
  }

  /** The next line in a direction; undefined when there is none. */
  step(present: Buffer, direction: -1 | 1): Buffer | undefined {
    if (!this.#walk && direction > 0) return undefined;
    const prefix = present.text.slice(0, present.cursor);
    this.#walk ??= { at: this.#lines.length, prefix, draft: present };
    let at = this.#walk.at + direction;
    while (at >= 0 && at < this.#lines.length && !this.#fits(at, present.text)) at += direction;
    if (at < 0) return undefined;
    if (at >= this.#lines.length) return this.#leave();
    this.#walk.at = at;
    return bufferOf(this.#lines[at] ?? '');
  }

  /** The oldest line, or back to what was being typed. */
  jump(present: Buffer, to: 'first' | 'last'): Buffer | undefined {
    if (to === 'last') return this.#walk && this.#leave();
    this.#walk ??= { at: this.#lines.length, prefix: '', draft: present };
    this.#walk.at = 0;
    return this.#lines.length > 0 ? bufferOf(this.#lines[0] ?? '') : undefined;
  }

  stop(): void {
    this.#walk = undefined;
  }

  #fits(at: number, shown: string): boolean {
    const line = this.#lines[at] ?? '';
    return line !== shown && line.startsWith(this.#walk?.prefix ?? '');
  }

  #leave(): Buffer | undefined {
    const draft = this.#walk?.draft;
    this.#walk = undefined;
    return draft;
  }
}
