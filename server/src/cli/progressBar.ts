import { bytesText } from '@farside/protocol';

const BAR_CELLS = 24;
/** Drawn at most so often, in ms. */
const DRAW_MS = 100;

/** One line on a terminal that says how far something is; nothing where there is no terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;
  #shown = false;
  readonly #began = Date.now();

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  update(what: string, done: number, total: number): void {
    const now = Date.now();
    if (!this.#stream.isTTY || (now - this.#drawn < DRAW_MS && done < total)) return;
    this.#drawn = now;
    this.#shown = true;
    this.#stream.write(`\r\u001b[K${barText(what, done, total, now - this.#began)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K');
    this.#shown = false;
  }
}

/** "Sending [#####     ] 21 %  12.3 MB of 60.0 MB, 24.0 MB/s". */
export function barText(what: string, done: number, total: number, elapsedMs: number): string {
  const part = total > 0 ? Math.min(done / total, 1) : 1;
  const bar = '#'.repeat(Math.floor(part * BAR_CELLS)).padEnd(BAR_CELLS);
  const rate = elapsedMs > 0 ? `, ${bytesText((done * 1000) / elapsedMs)}/s` : '';
  const percent = `${Math.floor(part * 100)} %`.padStart(5);
  return `${what} [${bar}] ${percent}  ${bytesText(done)} of ${bytesText(total)}${rate}`;
}
