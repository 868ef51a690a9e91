import { graphemes } from './text.ts';
import type { WidthOf } from './width.ts';

const TAB = 8;

const PARTS = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[([0-9;?]*)([ -/]*[@-~])|\x1b[78]|[\n\r\t\b\v\f]/g;

/** Follows the column of the cursor through output that the filter has let pass. */
export class Column {
  #column = 0;
  readonly #width: WidthOf;

  constructor(width: WidthOf) {
    this.#width = width;
  }

  get value(): number {
    return this.#column;
  }
  set value(column: number) {
    this.#column = column;
  }

  follow(text: string, columns: number): void {
    // Only what comes after the last line end counts; this keeps large output cheap.
    const tail = text.slice(Math.max(text.lastIndexOf('\n'), 0));
    if (tail.length < text.length) this.#column = 0;
    let from = 0;
    for (const match of tail.matchAll(PARTS)) {
      this.#print(tail.slice(from, match.index), columns);
      from = match.index + match[0].length;
      this.#control(match[0], match[1] ?? '', match[2] ?? '', columns);
    }
    this.#print(tail.slice(from), columns);
  }

  #print(text: string, columns: number): void {
    for (const grapheme of graphemes(text)) {
      const cells = this.#width(grapheme);
      this.#column += cells;
      if (this.#column > columns) this.#column = cells;
    }
  }

  #control(whole: string, parameters: string, final: string, columns: number): void {
    const n = Number(parameters.split(';')[0]) || 1;
    const last = columns - 1;
    if (whole === '\n' || whole === '\r') this.#column = 0;
    else if (whole === '\b') this.#column = Math.max(0, Math.min(this.#column, last) - 1);
    else if (whole === '\t') this.#column = Math.min(last, (Math.floor(this.#column / TAB) + 1) * TAB);
    else if (final === 'G' || final === '`') this.#column = Math.min(n - 1, last);
    else if (final === 'C') this.#column = Math.min(this.#column + n, last);
    else if (final === 'D') this.#column = Math.max(0, Math.min(this.#column, last) - n);
    else if (final === 'E' || final === 'F') this.#column = 0;
    else if (final === 'H' || final === 'f')
      this.#column = Math.min((Number(parameters.split(';')[1]) || 1) - 1, last);
  }
}
