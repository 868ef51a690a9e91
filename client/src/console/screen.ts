import { Column } from './column.ts';
import { layOut, type Layout, type Row, type View } from './layout.ts';
import type { WidthOf } from './width.ts';

const SYNC_BEGIN = '\x1b[?2026h';
const SYNC_END = '\x1b[?2026l';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

/** What of the line editor stands on the screen now. */
interface Drawn {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
  /** Column at which the first drawn row begins. */
  readonly base: number;
}

export interface ScreenOptions {
  readonly write: (text: string) => void;
  readonly width: WidthOf;
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal wraps the line that holds the cursor anew when it is resized (xterm.js does not). */
  readonly reflows?: boolean;
}

export type DrawView = Omit<View, 'base' | 'columns' | 'width'>;

/**
 * Draws the line under the output. Output goes on where it stopped: when it stopped inside a line, the editor stands
 * on the row below and the place is remembered.
 */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #width: WidthOf;
  readonly #reflows: boolean;
  readonly #output: Column;
  #columns: number;
  #rows: number;
  #drawn: Drawn | undefined;
  /** Column of an unfinished output line that stands right above the drawing. */
  #above = 0;

  constructor(options: ScreenOptions) {
    this.#write = options.write;
    this.#width = options.width;
    this.#columns = Math.max(2, options.columns);
    this.#rows = Math.max(2, options.rows);
    this.#reflows = options.reflows ?? false;
    this.#output = new Column(options.width);
  }

  get columns(): number {
    return this.#columns;
  }
  get rows(): number {
    return this.#rows;
  }
  get width(): WidthOf {
    return this.#width;
  }
  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }
  /** Column at which output stands. */
  get column(): number {
    return this.#above || this.#output.value;
  }

  /** Writes output where the last output stopped; removes the drawing first. */
  output(text: string): void {
    const erase = this.#eraseText();
    const lines = text.replace(/\r?\n/g, '\r\n');
    this.#output.follow(lines, this.#columns);
    this.#write(
      (erase ? SYNC_BEGIN + HIDE_CURSOR + erase : '') + lines + (erase ? SHOW_CURSOR + SYNC_END : ''),
    );
  }

  erase(): void {
    const text = this.#eraseText();
    if (text) this.#write(text);
  }

  /** `inline`: right after unfinished output, as R's own prompts; else on a row of its own. `whole`: rows that do not fit scroll away. */
  draw(view: DrawView, inline: boolean, whole = false): void {
    let out = SYNC_BEGIN + HIDE_CURSOR;
    const stays = this.#above > 0 && !inline;
    out += stays ? this.#homeText() : this.#eraseText();
    if (!inline && !stays && this.#output.value > 0) {
      // A full row has wrapped already: output goes on in the next one.
      this.#above = this.#output.value >= this.#columns ? 0 : this.#output.value;
      out += '\r\n';
      this.#output.value = 0;
    }
    const base = inline ? this.#output.value % this.#columns : 0;
    if (inline && this.#output.value >= this.#columns) out += '\r\n';
    const layout = layOut({ ...view, base, columns: this.#columns, width: this.#width });
    this.#write(out + this.#rowsText(layout, base, whole) + SHOW_CURSOR + SYNC_END);
  }

  /** Puts plain text at the end of the drawn line, where that is all there is to do. */
  append(text: string): boolean {
    const drawn = this.#drawn;
    const last = drawn?.rows.at(-1);
    if (!drawn || !last || drawn.cursorRow !== drawn.rows.length - 1) return false;
    if (drawn.cursorColumn !== last.cells || last.cells + text.length >= this.#columns) return false;
    const cells = last.cells + text.length;
    const rows = [...drawn.rows.slice(0, -1), { ...last, cells }];
    this.#drawn = { ...drawn, rows, cursorColumn: cells };
    this.#write(text);
    return true;
  }

  /** The drawing becomes part of what was said: the cursor goes below it. */
  finish(ending = ''): void {
    const drawn = this.#drawn;
    const down = drawn ? drawn.rows.length - 1 - drawn.cursorRow : 0;
    this.#write(`${down ? `\x1b[${down}B` : ''}${ending}\r\n`);
    this.#forget();
  }

  clear(): void {
    this.#write(CLEAR_SCREEN);
    this.#forget();
  }

  /** Takes the new size; the drawing is gone after it and has to be drawn again. */
  resize(columns: number, rows: number): void {
    const drawn = this.#drawn;
    this.#columns = Math.max(2, columns);
    this.#rows = Math.max(2, rows);
    if (!drawn) return;
    const up = this.#reflows ? rowsAbove(drawn, this.#columns) : drawn.cursorRow;
    const base = drawn.base < this.#columns ? drawn.base : 0;
    this.#write(`${HIDE_CURSOR}${up ? `\x1b[${up}A` : ''}\r${base ? `\x1b[${base + 1}G` : ''}${CLEAR_BELOW}`);
    this.#drawn = undefined;
    if (this.#output.value >= this.#columns) this.#output.value = base;
    if (this.#above >= this.#columns) this.#above = 0;
  }

  #forget(): void {
    this.#drawn = undefined;
    this.#above = 0;
    this.#output.value = 0;
  }

  /** Moves to the first cell of the drawing and removes it. */
  #homeText(): string {
    const drawn = this.#drawn;
    this.#drawn = undefined;
    if (!drawn) return '';
    const up = drawn.cursorRow ? `\x1b[${drawn.cursorRow}A` : '';
    return `${up}\r${drawn.base ? `\x1b[${drawn.base + 1}G` : ''}${CLEAR_BELOW}`;
  }

  /** Removes the drawing and goes back to where output stopped. */
  #eraseText(): string {
    let out = this.#homeText();
    if (this.#above > 0) {
      out += `\x1b[A\x1b[${this.#above + 1}G`;
      this.#output.value = this.#above;
      this.#above = 0;
    }
    return out;
  }

  #rowsText(layout: Layout, base: number, whole: boolean): string {
    const room = Math.max(1, this.#rows - 1);
    let { rows, cursorRow } = layout;
    let top = 0;
    if (rows.length > room && !whole) {
      top = Math.max(0, Math.min(cursorRow - (room >> 1), rows.length - room));
      rows = rows.slice(top, top + room);
      cursorRow -= top;
    }
    let out = '';
    rows.forEach((row, i) => {
      const above = rows[i - 1];
      if (above && row.hard) out += '\r\n';
      // Wraps as the terminal would, so that it knows both rows as one line.
      else if (above) out += ' '.repeat(Math.max(0, this.#columns - above.cells)) + (row.text ? '' : ' \r');
      out += row.text;
    });
    const up = rows.length - 1 - cursorRow;
    this.#drawn = { rows, cursorRow, cursorColumn: layout.cursorColumn, base: top === 0 ? base : 0 };
    return `${out}${up ? `\x1b[${up}A` : ''}\x1b[${layout.cursorColumn + 1}G`;
  }
}

/** Rows between the start of a drawing and its cursor after the terminal has wrapped it to new columns. */
function rowsAbove(drawn: Drawn, columns: number): number {
  let above = 0;
  let cells = 0;
  for (let i = 0; i <= drawn.cursorRow; i++) {
    const row = drawn.rows[i];
    if (i > 0 && row?.hard) {
      above += Math.max(1, Math.ceil(cells / columns));
      cells = 0;
    }
    cells += i === drawn.cursorRow ? drawn.cursorColumn : (row?.cells ?? 0);
  }
  return above + Math.floor(cells / columns);
}
