import { bufferOf, type Buffer } from './buffer.ts';
import { graphemes } from './text.ts';
import { textWidth, type WidthOf } from './width.ts';

const MAX_ROWS = 8;
const GAP = 2;

export interface MenuRow {
  readonly text: string;
  readonly cells: number;
}

/** A grid of completions under the line; the selected one stands in the line. */
export class Menu {
  readonly #items: readonly string[];
  readonly #before: string;
  readonly #typed: string;
  readonly #after: string;
  #selected = 0;

  constructor(items: readonly string[], buffer: Buffer, from: number) {
    this.#items = items;
    this.#before = buffer.text.slice(0, from);
    this.#typed = buffer.text.slice(from, buffer.cursor);
    this.#after = buffer.text.slice(buffer.cursor);
  }

  /** The line with the selected item in it. */
  get chosen(): Buffer {
    return this.#with(this.#items[this.#selected] ?? '');
  }
  /** The line as it was typed. */
  get original(): Buffer {
    return this.#with(this.#typed);
  }

  move(step: 1 | -1): void {
    this.#selected = (this.#selected + step + this.#items.length) % this.#items.length;
  }

  rows(columns: number, screenRows: number, width: WidthOf): MenuRow[] {
    const widest = Math.max(...this.#items.map((item) => textWidth(item, width)));
    const cell = Math.min(columns, widest + GAP);
    const across = Math.max(1, Math.floor(columns / cell));
    const total = Math.ceil(this.#items.length / across);
    const shown = Math.min(total, Math.max(1, Math.min(MAX_ROWS, screenRows - 2)));
    const at = Math.floor(this.#selected / across);
    const first = Math.max(0, Math.min(at - (shown >> 1), total - shown));
    const rows: MenuRow[] = [];
    for (let row = first; row < first + shown; row++) rows.push(this.#row(row * across, across, cell, width));
    if (total > shown) {
      const count = `${this.#selected + 1}/${this.#items.length}`;
      rows.push({ text: `\x1b[2m${count}\x1b[0m`, cells: count.length });
    }
    return rows;
  }

  #row(from: number, across: number, cell: number, width: WidthOf): MenuRow {
    let text = '';
    let cells = 0;
    for (let i = from; i < Math.min(from + across, this.#items.length); i++) {
      const item = fit(this.#items[i] ?? '', Math.max(1, cell - GAP), width);
      // The last cell of a row stays empty, so that the terminal does not wrap.
      const last = i === from + across - 1;
      const pad = Math.max(0, cell - textWidth(item, width) - (last ? 1 : 0));
      text += (i === this.#selected ? `\x1b[7m${item}\x1b[0m` : item) + ' '.repeat(pad);
      cells += textWidth(item, width) + pad;
    }
    return { text, cells };
  }

  #with(item: string): Buffer {
    return bufferOf(this.#before + item + this.#after, this.#before.length + item.length);
  }
}

function fit(text: string, cells: number, width: WidthOf): string {
  if (textWidth(text, width) <= cells) return text;
  const parts = graphemes(text);
  while (parts.length > 0 && textWidth(parts.join(''), width) > cells) parts.pop();
  return parts.join('');
}

/** What all items begin with. */
export function commonStart(items: readonly string[]): string {
  let start = items[0] ?? '';
  for (const item of items) while (!item.startsWith(start)) start = start.slice(0, -1);
  return start;
}
