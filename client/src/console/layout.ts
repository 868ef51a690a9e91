import { graphemes } from './text.ts';
import type { Buffer } from './buffer.ts';
import type { MenuRow } from './menu.ts';
import type { WidthOf } from './width.ts';

export interface Row {
  readonly text: string;
  readonly cells: number;
  /** Begins after a line end; else it goes on with the row above. */
  readonly hard: boolean;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

export interface View {
  readonly prompt: string;
  readonly continuation: string;
  readonly buffer: Buffer;
  /** Column at which the prompt begins: output may stand before it. */
  readonly base: number;
  readonly columns: number;
  readonly width: WidthOf;
  /** Rows under the line: completions, a status. */
  readonly below: readonly MenuRow[];
}

const ESCAPE = /(\x1b\[[0-9;]*m|\x1b\]633;[^\x07]*\x07)/;

/** Where each character stands. Pure: the screen draws what it says. */
export function layOut(view: View): Layout {
  const pen = new Pen(view);
  pen.styled(view.prompt);
  let position = 0;
  for (const grapheme of graphemes(view.buffer.text)) {
    if (position === view.buffer.cursor) pen.markCursor();
    if (grapheme === '\n') {
      pen.newRow(true);
      pen.styled(view.continuation);
    } else pen.put(grapheme);
    position += grapheme.length;
  }
  if (position <= view.buffer.cursor) pen.markCursor();
  return pen.finish(view.below);
}

class Pen {
  readonly #columns: number;
  readonly #width: WidthOf;
  readonly #rows: Row[] = [];
  #text = '';
  #cells: number;
  #hard = true;
  #cursorRow = 0;
  #cursorColumn = 0;

  constructor(view: View) {
    this.#columns = view.columns;
    this.#width = view.width;
    this.#cells = view.base;
  }

  put(grapheme: string): void {
    const shown = grapheme === '\t' ? ' ' : grapheme;
    const cells = this.#width(shown);
    if (this.#cells + cells > this.#columns) this.newRow(false);
    this.#text += shown;
    this.#cells += cells;
  }

  styled(text: string): void {
    for (const part of text.split(ESCAPE))
      if (part.startsWith('\x1b')) this.#text += part;
      else for (const grapheme of graphemes(part)) this.put(grapheme);
  }

  newRow(hard: boolean): void {
    this.#rows.push({ text: this.#text, cells: this.#cells, hard: this.#hard });
    this.#text = '';
    this.#cells = 0;
    this.#hard = hard;
  }

  /** A cursor after the last column stands at the start of the next row. */
  markCursor(): void {
    if (this.#cells >= this.#columns) this.newRow(false);
    this.#cursorRow = this.#rows.length;
    this.#cursorColumn = this.#cells;
  }

  finish(below: readonly MenuRow[]): Layout {
    this.newRow(true);
    for (const row of below) this.#rows.push({ ...row, hard: true });
    return { rows: this.#rows, cursorRow: this.#cursorRow, cursorColumn: this.#cursorColumn };
  }
}
