import type { Completion } from '@farside/protocol';
import { bufferOf } from './buffer.ts';
import { History } from './history.ts';
import type { Key } from './keys.ts';
import { completeness } from './lexer.ts';
import { Line } from './line.ts';
import { Marks } from './marks.ts';
import { Menu, commonStart } from './menu.ts';
import { Screen, type DrawView } from './screen.ts';
import { Search } from './search.ts';
import { isAscii } from './text.ts';
import { Tokenizer, type Token } from './tokens.ts';
import { textWidth, type WidthOf } from './width.ts';

/** What the line is for. `busy`: R works; what is typed is shown below its output. */
export type LineKind = 'top' | 'continuation' | 'browser' | 'readline' | 'menu' | 'busy';

export interface EditorOptions {
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
  readonly width: WidthOf;
  readonly history: string[];
  readonly reflows?: boolean;
  readonly marks?: { readonly nonce: string; readonly windows?: boolean };
  /** Enter: a line of the given kind. */
  readonly onLine: (line: string, kind: LineKind) => void;
  readonly onInterrupt: (kind: LineKind) => void;
  /** Ctrl-D on an empty line. */
  readonly onEof: (kind: LineKind) => void;
  readonly complete: (text: string, cursor: number) => Promise<Completion>;
}

const BRACKETED_PASTE_ON = '\x1b[?2004h';
const BRACKETED_PASTE_OFF = '\x1b[?2004l';
const CONTINUATION = '+ ';
/** Kinds whose lines are R code. */
const CODE = new Set<LineKind>(['top', 'continuation', 'browser']);

/**
 * The line editor: keys in, lines out, output above the line. Knows nothing of sessions or of VS Code. Changes are
 * drawn by {@link flush}, so that a burst is drawn once.
 */
export class Editor {
  readonly #options: EditorOptions;
  readonly #screen: Screen;
  readonly #history: History;
  readonly #line: Line;
  readonly #tokens = new Tokenizer();
  readonly #marks: Marks | undefined;
  #kind: LineKind = 'busy';
  #prompt = '';
  #status: string | undefined;
  #menu: Menu | undefined;
  #search: Search | undefined;
  #dirty = false;
  /** The prompt stands right after unfinished output. */
  #inline = false;
  /** The prompt is in a new place: its marks are due. */
  #moved = false;
  /** Counts changes, so that a completion that comes too late is known. */
  #version = 0;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#screen = new Screen(options);
    this.#history = new History(options.history);
    this.#line = new Line(this.#history);
    this.#marks = options.marks && new Marks(options.marks);
  }

  get kind(): LineKind {
    return this.#kind;
  }
  get promptText(): string {
    return this.#prompt;
  }
  /** Column at which output stands. */
  get column(): number {
    return this.#screen.column;
  }
  /** What is being typed. */
  get text(): string {
    return this.#line.text;
  }

  /** Takes what is being typed away. */
  takeText(): string {
    this.#endSearch();
    this.#changed();
    return this.#line.take();
  }

  start(): void {
    this.#options.write(BRACKETED_PASTE_ON + (this.#marks?.start ?? ''));
  }
  /** Leaves the terminal as it was. */
  stop(): void {
    this.#screen.erase();
    this.#options.write(BRACKETED_PASTE_OFF);
  }

  /** R waits. What was typed while it worked stays in the line. */
  prompt(text: string, kind: Exclude<LineKind, 'busy'>, status?: 0 | 1): void {
    const done = this.#marks?.done(status) ?? '';
    this.#screen.erase();
    if (done) this.#options.write(done);
    this.#prompt = text;
    this.#kind = kind;
    this.#inline = true;
    this.#changed(true);
  }

  /** R works. */
  busy(): void {
    if (this.#kind === 'busy') return;
    this.#screen.erase();
    this.#kind = 'busy';
    this.#prompt = '';
    this.#inline = false;
    this.#changed(true);
  }

  output(text: string): void {
    if (!text) return;
    const wasDrawn = this.#screen.isDrawn;
    this.#screen.output(text);
    if (wasDrawn || this.#dirty || this.#kind !== 'busy') {
      // A prompt that has not been drawn yet, or has been overtaken by output, gets a row of its own.
      if (this.#kind !== 'busy') this.#inline = false;
      this.#changed(true);
    }
  }

  /** Writes a prompt and a line that R has read, typed ahead or by somebody else. */
  echo(prompt: string, text: string, code: boolean): void {
    const line = text.replace(/\n$/, '');
    const marked = code && this.#marks ? this.#marks.prompt(prompt) : prompt;
    this.#screen.output(`${marked}${line}\n`);
    if (code && this.#marks) this.#options.write(this.#marks.ran(line));
    this.#changed(true);
  }

  /** A quiet row under the line, not part of the output. */
  setStatus(text: string | undefined): void {
    if (this.#status === text) return;
    this.#status = text;
    this.#dirty = true;
  }

  /** Somebody else wrote on the screen meanwhile. */
  redraw(): void {
    this.#changed(true);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#changed(true);
  }

  input(data: string): void {
    for (const token of this.#tokens.read(data)) this.#token(token);
  }

  /** Draws what has changed. */
  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const idle = this.#kind === 'busy' && !this.#line.text && this.#status === undefined && !this.#search;
    if (idle) return this.#screen.erase();
    this.#draw(false);
  }

  #draw(whole: boolean): void {
    this.#screen.draw(this.#view(), this.#inline, whole);
    this.#moved = false;
  }

  #view(): DrawView {
    const { width, columns, rows } = this.#screen;
    const below = this.#menu ? this.#menu.rows(columns, rows, width) : [];
    if (this.#status !== undefined)
      below.push({
        text: `\x1b[2m${this.#status.slice(0, columns - 1)}\x1b[0m`,
        cells: Math.min(columns - 1, textWidth(this.#status, width)),
      });
    const marked = this.#marks && this.#moved && CODE.has(this.#kind);
    const prompt = marked && this.#marks ? this.#marks.prompt(this.#prompt) : this.#prompt;
    return {
      prompt: this.#search?.prompt ?? prompt,
      continuation: CONTINUATION,
      buffer: this.#search?.found ?? this.#line.buffer,
      below,
    };
  }

  #changed(moved = false): void {
    this.#version++;
    this.#dirty = true;
    if (moved) this.#moved = true;
  }

  #token(token: Token): void {
    if (token.type === 'key') return this.#key(token.key);
    if (token.type === 'paste') return this.#paste(token.text);
    if (this.#search) this.#search.type(token.text);
    else {
      this.#menu = undefined;
      const plain = !this.#dirty && !this.#moved && isAscii(token.text) && !this.#status;
      const atEnd = this.#line.buffer.cursor === this.#line.text.length;
      this.#line.insert(token.text);
      // The commonest key of all: a letter at the end.
      if (plain && atEnd && this.#screen.append(token.text)) return void this.#version++;
    }
    this.#changed();
  }

  /** Whole lines of a paste are run one after the other; its last, unfinished line stays to be edited. */
  #paste(pasted: string): void {
    const clean = pasted.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
    const lines = clean.split('\n');
    this.#endSearch();
    this.#menu = undefined;
    lines.forEach((line, i) => {
      this.#line.insert(line);
      this.#changed();
      if (i < lines.length - 1) this.#accept();
    });
  }

  #key(key: Key): void {
    if (this.#search && this.#searchKey(this.#search, key)) return;
    if (this.#menu && this.#menuKey(this.#menu, key)) return;
    this.#changed();
    switch (key) {
      case 'enter':
        if (
          CODE.has(this.#kind) &&
          this.#kind !== 'continuation' &&
          completeness(this.#line.text) === 'incomplete'
        )
          return this.#line.insert('\n');
        return this.#accept();
      case 'newline':
        return this.#kind === 'readline' || this.#kind === 'menu' ? this.#accept() : this.#line.insert('\n');
      case 'tab':
        return void this.#complete();
      case 'search':
        this.#search = new Search(this.#history.lines, this.#line.buffer);
        return;
      case 'clear':
        this.#screen.clear();
        this.#inline = false;
        this.#moved = true;
        return;
      case 'interrupt':
        return this.#interrupt();
      case 'eof':
        if (this.#line.text) return void this.#line.press('delete');
        return this.#options.onEof(this.#kind);
      default:
        this.#line.press(key);
    }
  }

  #accept(): void {
    const kind = this.#kind;
    this.#menu = undefined;
    this.#line.replace(bufferOf(this.#line.text));
    if (kind === 'busy') {
      // Shown again when R reads it: its place among the output is there.
      this.#screen.erase();
    } else {
      this.#withoutStatus(() => this.#draw(true));
      this.#screen.finish();
    }
    const line = this.#line.take();
    if (kind !== 'busy' && CODE.has(kind) && this.#marks) this.#options.write(this.#marks.ran(line));
    if (CODE.has(kind) || kind === 'busy') this.#history.add(line);
    this.#kind = 'busy';
    this.#prompt = '';
    this.#inline = false;
    this.#changed(true);
    this.#options.onLine(line, kind);
  }

  #interrupt(): void {
    const kind = this.#kind;
    this.#endSearch();
    this.#menu = undefined;
    this.#line.replace(bufferOf(this.#line.text));
    if (kind === 'busy') {
      this.#screen.erase();
      this.#screen.output('^C');
    } else {
      this.#withoutStatus(() => this.#draw(true));
      this.#screen.finish('^C');
    }
    this.#line.take();
    this.#inline = kind !== 'busy';
    const left = kind === 'top' && this.#marks ? this.#marks.done() : '';
    if (left) this.#options.write(left);
    this.#changed(true);
    this.#options.onInterrupt(kind);
  }

  #withoutStatus(draw: () => void): void {
    const status = this.#status;
    this.#status = undefined;
    draw();
    this.#status = status;
  }

  #endSearch(): void {
    if (!this.#search) return;
    this.#line.replace(this.#search.found);
    this.#search = undefined;
    this.#changed();
  }

  /** True when the key is used up; others end the search and then do what they do. */
  #searchKey(search: Search, key: Key): boolean {
    this.#changed();
    if (key === 'search') search.next();
    else if (key === 'backspace') search.erase();
    else if (key === 'cancel' || key === 'interrupt') {
      this.#search = undefined;
      this.#line.replace(search.draft);
    } else {
      this.#endSearch();
      return key === 'tab';
    }
    return true;
  }

  #menuKey(menu: Menu, key: Key): boolean {
    this.#changed();
    if (key === 'tab' || key === 'right' || key === 'down') menu.move(1);
    else if (key === 'backtab' || key === 'left' || key === 'up') menu.move(-1);
    else {
      this.#menu = undefined;
      if (key === 'cancel') this.#line.replace(menu.original);
      return key === 'cancel' || key === 'enter';
    }
    this.#line.replace(menu.chosen);
    return true;
  }

  async #complete(): Promise<void> {
    if (!CODE.has(this.#kind)) return;
    const asked = this.#version;
    const { text, cursor } = this.#line.buffer;
    const reply = await this.#options.complete(text, cursor).catch(() => undefined);
    // Stale answers are worse than none.
    if (!reply || reply.items.length === 0 || asked !== this.#version) return;
    const common = commonStart(reply.items);
    if (reply.items.length === 1 || common.length > cursor - reply.from) {
      const start = text.slice(0, reply.from) + common;
      this.#line.replace(bufferOf(start + text.slice(cursor), start.length));
    } else {
      this.#menu = new Menu(reply.items, this.#line.buffer, reply.from);
      this.#line.replace(this.#menu.chosen);
    }
    this.#changed();
    this.flush();
  }
}
