import type { Completion } from '@farside/protocol';
import type { Disposable } from '../disposable.ts';
import { Editor, type LineKind } from '../console/editor.ts';
import { TerminalFilter } from '../console/filter.ts';
import { stateOf } from '../console/kinds.ts';
import { dim } from '../console/notes.ts';
import type { ConsoleState } from '../console/options.ts';
import { Stuck } from '../console/stuck.ts';
import { codePointWidth } from '../console/width.ts';
import { Asides, rString } from './asides.ts';
import type { LocalConsoleOptions } from './options.ts';
import { promptsFor, readable } from './pieces.ts';
import { LineQueue } from './queue.ts';
import { Stage } from './stage.ts';
import { Unmarked } from './unmarked.ts';
import { LocalWire, type LocalEvent } from './wire.ts';

const NO_INTERRUPT = '[R can not be interrupted here]';
/** A line that is longer than this is not completed: R would read the question in pieces. */
const COMPLETE_LIMIT = 500;
/** R has read what it was sent after so many ms. */
const READ_MS = 100;
const R_COMMENT = /^\s*(#.*)?$/;

/** Local R in a terminal: the same line editor as at REMOTE>, over the pipes of a process. */
export class LocalConsole {
  readonly #options: LocalConsoleOptions;
  readonly #editor: Editor;
  readonly #stage: Stage;
  readonly #wire: LocalWire;
  readonly #decoder = new TextDecoder('utf-8');
  readonly #filter = new TerminalFilter();
  readonly #queue = new LineQueue();
  readonly #asides = new Asides();
  readonly #unmarked: Unmarked;
  readonly #stuck: Stuck;
  readonly #subscriptions: Disposable[];
  #state: ConsoleState = { state: 'starting' };
  /** At a marked prompt for code, where R takes what the terminal asks on its own. */
  #atTop = false;
  #prompt = '';
  /** Prompts to come for pieces of a long line. */
  #swallow = 0;
  #turn = '';
  /** Code was sent since the last prompt at the top. */
  #ran = false;
  #columns: number;
  #toldColumns: number;
  #status: 0 | 1 = 0;
  #sentAt = 0;
  #ended = false;

  constructor(options: LocalConsoleOptions) {
    const { process } = options;
    this.#options = options;
    this.#columns = this.#toldColumns = options.columns;
    this.#wire = new LocalWire(options.nonce);
    this.#stage = new Stage(options.write, () => this.#editor.flush());
    this.#unmarked = new Unmarked((tail) => this.#asked(tail));
    this.#stuck = new Stuck({
      interrupt: () => this.#interruptR(),
      notice: (text) => this.notice(text),
      endR: () => Promise.resolve(process.kill()),
      changed: () => this.#setState(this.#busy()),
      words: { question: 'End local R? Its objects are lost. [y/N] ', noWay: NO_INTERRUPT },
    });
    this.#editor = new Editor({
      write: (text) => this.#stage.write(text),
      columns: options.columns,
      rows: options.rows,
      width: options.width ?? codePointWidth,
      history: options.history ?? [],
      reflows: options.reflows,
      marks: options.marks,
      onLine: (line, kind) => this.#typed(line, kind),
      onInterrupt: (kind) => this.#interrupted(kind),
      onEof: (kind) => this.#endOfInput(kind),
      complete: (text, cursor) => this.#complete(text, cursor),
    });
    this.#subscriptions = [
      process.onOutput((bytes) => this.#read(bytes)),
      process.onExit((exit) => {
        this.#end();
        options.onEnd?.(exit);
      }),
    ];
    this.#editor.start();
    this.#stage.schedule();
  }

  get state(): ConsoleState {
    return this.#state;
  }
  /** R waits for code, and nothing waits to be given to it. */
  get isIdle(): boolean {
    return this.#atTop && this.#queue.size === 0 && !this.#ended;
  }

  /** R waits for code. */
  get isAtPrompt(): boolean {
    return this.#atTop && !this.#ended;
  }

  /** Data typed by the user. */
  input(data: string): void {
    if (this.#ended) return;
    if (this.#stuck.isAsking) this.#stuck.answer(data);
    else this.#editor.input(data);
    this.#stage.schedule();
  }

  resize(columns: number, rows: number): void {
    this.#columns = columns;
    this.#editor.resize(columns, rows);
    this.#stage.schedule();
    if (this.isIdle) this.#next();
  }

  notice(text: string): void {
    this.#editor.output(`${this.#editor.column > 0 ? '\n' : ''}${text}\n`);
    this.#stage.schedule();
  }

  /** Lines that were typed or pasted for somebody else before R's turn came; `draft` is not a line yet. */
  feed(lines: readonly string[], draft = ''): void {
    for (const line of lines) this.#queue.add(line);
    if (draft) this.#editor.input(draft);
    if (this.#atTop) this.#next();
    this.#showQueue();
  }

  /** What is not R's yet. */
  take(): { lines: string[]; draft: string } {
    const taken = { lines: this.#queue.take(), draft: this.#editor.takeText() };
    this.#showQueue();
    return taken;
  }

  /** Runs code at R's next prompt without a trace on the screen. */
  aside(code: string): Promise<string | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    const reply = this.#asides.add(code);
    if (this.isIdle) this.#next();
    return reply;
  }

  /** Somebody else has the terminal; what R says meanwhile is shown when it comes back. */
  hide(): void {
    if (this.#stage.isHidden) return;
    if (this.#editor.column > 0) this.#editor.output('\n');
    this.#stage.flush();
    this.#editor.stop();
    this.#stage.hide();
  }

  show(): void {
    if (!this.#stage.isHidden) return;
    const missed = this.#stage.show();
    this.#editor.start();
    if (missed) this.#editor.output(missed);
    if (this.#atTop) this.#editor.prompt(this.#prompt, 'top');
    else this.#editor.redraw();
    this.#stage.schedule();
  }

  dispose(): void {
    if (this.#subscriptions.length === 0) return;
    for (const one of this.#subscriptions.splice(0)) one.dispose();
    this.#unmarked.reset();
    this.#asides.drop();
    this.#editor.stop();
    this.#stage.flush();
  }

  #read(bytes: Uint8Array): void {
    for (const event of this.#wire.read(this.#decoder.decode(bytes, { stream: true }))) this.#event(event);
    this.#stage.schedule();
    const room = this.#options.room?.();
    if (room) this.#options.process.holdUntil(room);
  }

  #event(event: LocalEvent): void {
    if (event.type === 'prompt') return this.#prompted(event);
    if (event.type === 'reply') return this.#asides.answer(event.text);
    if (this.#asides.isRunning) return;
    const text = this.#filter.pass(event.text);
    if (this.#stage.isHidden) return this.#stage.keep(text);
    // R goes on without an answer: it was no question.
    if (!this.#atTop && this.#editor.kind !== 'busy') this.#editor.busy();
    this.#editor.output(text);
    if (!this.#atTop) this.#unmarked.output(text);
  }

  #prompted({ kind, text, turn }: LocalEvent & { type: 'prompt' }): void {
    this.#unmarked.reset();
    this.#filter.reset();
    if (this.#swallow > 0) return void this.#swallow--;
    if (this.#asides.isRunning && kind === 'top') {
      this.#turn = turn;
      this.#asides.finish();
      return this.#next();
    }
    if (this.#stuck.interrupts > 0 && this.#editor.column > 0) this.#editor.output('\n');
    this.#stuck.reset();
    // Only the last line of a prompt is one: what stands above is like output.
    const shown = this.#filter.pass(text);
    const cut = shown.lastIndexOf('\n') + 1;
    if (cut > 0) this.#editor.output(shown.slice(0, cut));
    this.#prompt = shown.slice(cut);
    if (kind === 'readline') return this.#ask(this.#prompt, 'readline');
    if (kind === 'continuation')
      return this.#give('continuation') ? undefined : this.#ask(this.#prompt, kind);
    this.#status = this.#ran && turn === this.#turn ? 1 : 0;
    this.#turn = turn;
    this.#ran = false;
    this.#atTop = true;
    if (this.#options.onPrompt?.()) {
      this.#setState(stateOf('top'));
      return;
    }
    this.#next();
  }

  /** At the top: first what the terminal asks, then a waiting line, then the user. */
  #next(): void {
    if (this.#ended || this.#asides.isRunning) return;
    if (this.#columns !== this.#toldColumns) {
      this.#toldColumns = this.#columns;
      void this.#asides.add(`.farside$width(${this.#columns}L)`);
    }
    const code = this.#asides.next();
    if (code !== undefined) return this.#options.process.write(`${code}\n`);
    if (this.#stage.isHidden || this.#give('top')) return;
    if (this.#editor.kind !== 'top') this.#editor.prompt(this.#prompt, 'top', this.#status);
    this.#setState(stateOf('top'));
    this.#stage.schedule();
  }

  /** Gives R the next waiting line at a prompt for code; false when there is none. */
  #give(kind: 'top' | 'continuation'): boolean {
    const line = this.#queue.next();
    if (line === undefined) return false;
    if (!line.shown) {
      this.#editor.busy();
      this.#editor.echo(this.#prompt, line.text, true);
    }
    this.#showQueue();
    if (kind === 'top' && this.#intercepted(line.text)) return true;
    this.#send(line.text, kind);
    return true;
  }

  #typed(line: string, kind: LineKind): void {
    if (kind === 'busy') {
      this.#queue.add(line);
      return this.#showQueue();
    }
    if (kind === 'top' && this.#intercepted(line)) return;
    this.#queue.restOf(line);
    const first = line.split('\n')[0] ?? '';
    if (this.#asides.isRunning) return this.#queue.putBack(first);
    this.#send(first, kind);
  }

  /** A line that is not for R: whoever took it may have the terminal now. */
  #intercepted(line: string): boolean {
    if (!this.#options.intercept?.(line)) return false;
    if (!this.#stage.isHidden) this.#next();
    return true;
  }

  #send(line: string, kind: LineKind): void {
    if (kind === 'top') this.#ran = !R_COMMENT.test(line);
    this.#atTop = false;
    this.#unmarked.reset();
    this.#setState(this.#busy());
    const text = kind === 'top' ? readable(line) : line;
    this.#swallow = promptsFor(text) - 1;
    this.#sentAt = Date.now();
    this.#options.process.write(`${text}\n`);
  }

  /** R has been silent after an unfinished line: it may wait for an answer, which no mark tells. */
  #asked(tail: string): void {
    if (this.#ended || this.#atTop || this.#editor.kind !== 'busy') return;
    const browser = /^Browse\[\d+\]> $/.test(tail);
    this.#ask('', browser ? 'browser' : 'menu');
    this.#stage.schedule();
  }

  #ask(prompt: string, kind: Exclude<LineKind, 'busy'>): void {
    this.#atTop = false;
    this.#editor.prompt(prompt, kind);
    this.#setState(stateOf(kind));
  }

  #showQueue(): void {
    const { size } = this.#queue;
    const what = size === 1 ? '1 line waits for R' : `${size} lines wait for R`;
    this.#editor.setStatus(size === 0 ? undefined : what);
    this.#stage.schedule();
  }

  /** Not before R has read its line: it would drop nothing, give one more prompt, and then run the line. */
  #interruptR(): boolean {
    const wait = this.#sentAt + READ_MS - Date.now();
    if (wait <= 0) return this.#options.process.interrupt();
    setTimeout(() => this.#options.process.interrupt(), wait);
    return true;
  }

  #interrupted(kind: LineKind): void {
    this.#queue.take();
    this.#showQueue();
    // At R's own prompt there is nothing to stop: the line is thrown away here.
    if (kind === 'top') return;
    if (kind !== 'busy') this.#editor.busy();
    this.#swallow = 0;
    this.#stuck.press();
  }

  #endOfInput(kind: LineKind): void {
    if (kind === 'busy') return;
    if (kind === 'continuation') return this.#interrupted(kind);
    // As R does at the end of its input: it ends, browser() goes on, a question gets an empty answer.
    const answer = kind === 'top' ? 'q()' : kind === 'browser' ? 'c' : '';
    this.#editor.busy();
    if (kind === 'top') this.#editor.echo(this.#prompt, answer, true);
    this.#send(answer, kind);
  }

  async #complete(text: string, cursor: number): Promise<Completion> {
    const none = { from: cursor, items: [] };
    const line = text.slice(text.lastIndexOf('\n', cursor - 1) + 1, cursor);
    if (!this.isIdle || line.length > COMPLETE_LIMIT) return none;
    const reply = await this.aside(`.farside$complete(${rString(line)}, ${line.length}L)`);
    const [from, ...items] = (reply ?? '').split('\n');
    if (!from || items.length === 0) return none;
    return { from: cursor - line.length + Number(from), items };
  }

  #busy(): ConsoleState {
    const { interrupts } = this.#stuck;
    return interrupts === 0 ? { state: 'busy' } : { state: 'busy', interrupts };
  }

  #setState(state: ConsoleState): void {
    const same = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!same) this.#options.onState?.(state);
  }

  #end(): void {
    this.#ended = true;
    this.#atTop = false;
    const lines = this.#queue.take();
    this.#asides.drop();
    this.#unmarked.reset();
    this.#editor.setStatus(undefined);
    this.#editor.busy();
    if (lines.length > 0) this.notice(dim(`[R ended before this was run: ${lines.length} lines]`));
    this.#setState({ state: 'ended' });
    this.#stage.flush();
  }
}
