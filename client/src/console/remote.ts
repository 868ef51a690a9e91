import { RecordType, decodeConsumed, fromUtf8, type InputId, type JournalRecord } from '@farside/protocol';
import {
  linkText,
  span,
  type InputFate,
  type LinkStatus,
  type PendingInput,
  type Refusal,
  type SessionLink,
} from '../attach/index.ts';
import type { Disposable } from '../disposable.ts';
import { Ahead } from './ahead.ts';
import { Editor, type LineKind } from './editor.ts';
import { READ_ONLY, READ_ONLY_HINT, connectionText, dim } from './notes.ts';
import { notRunNote, tombstoneNote, unreadLines } from './notes.ts';
import { GapFold } from './fold.ts';
import { OUTPUT, R_PROMPT, busyState, kindOf, offlineState, shownPrompt, stateOf } from './kinds.ts';
import type { ConsoleState, RemoteConsoleOptions } from './options.ts';
import { OutputStreams, filtered } from './streams.ts';
import { QuitCheck } from './quit.ts';
import { Shows } from './shows.ts';
import { Stuck } from './stuck.ts';
import { Turn } from './turn.ts';
import { codePointWidth } from './width.ts';
import { NO_LOCAL_R, wordIn } from './words.ts';

/** Between two looks at how long the connection has been waited for. */
const COUNT_MS = 1_000;

/** A session in a terminal: the line editor, the live output and what other clients type. */
export class RemoteConsole {
  readonly #options: RemoteConsoleOptions;
  readonly #link: SessionLink;
  readonly #editor: Editor;
  readonly #streams = new OutputStreams();
  readonly #stuck: Stuck;
  readonly #fold: GapFold;
  readonly #shows: Shows;
  readonly #quit: QuitCheck;
  readonly #ahead: Ahead;
  readonly #turn: Turn;
  readonly #readOnly: boolean;
  readonly #subscriptions: Disposable[];
  /** Own inputs whose lines stand on the screen already. */
  readonly #echoed = new Set<number>();
  #state: ConsoleState = { state: 'starting' };
  #status: 0 | 1 = 0;
  #prompt: string | undefined;
  #lastPrompt = '';
  #lastKind: ReturnType<typeof kindOf> = 'top';
  #wasOffline = false;
  #wasLive = false;
  /** Set when the connection is back, until something happens. */
  #isBack = false;
  #counting: NodeJS.Timeout | undefined;
  #hint = false;
  #notRun: string[] = [];
  #ended = false;

  constructor(options: RemoteConsoleOptions) {
    this.#options = options;
    this.#prompt = options.prompt;
    this.#link = options.link;
    this.#readOnly = options.readOnly ?? options.link.readOnly;
    if (options.lastSeen !== undefined) options.link.wasSeen(options.lastSeen);
    this.#turn = new Turn(
      (text) => options.write(text),
      () => this.#editor.flush(),
    );
    this.#ahead = new Ahead({
      kind: () => this.#waitsFor(),
      waits: (line) => wordIn(line) !== undefined || this.#quit.concerns(line),
      send: (line) => this.#link.input(line),
      enter: (line, kind) => this.#enter(line, kind),
    });
    this.#fold = new GapFold({
      note: (text) => this.#missing(text),
      show: (record) => this.#record(record),
      isOwn: (id) => this.#link.isOwn(id),
    });
    this.#shows = new Shows(options.onShow, (text) => this.#editor.output(`${text}\n`));
    this.#quit = new QuitCheck({
      enabled: options.confirmQuit,
      say: (text) => this.#editor.output(text),
      send: (line) => this.#send(line),
      back: () => {
        this.#editor.prompt(this.#lastPrompt, this.#lastKind);
        this.#ahead.run();
      },
    });
    this.#stuck = new Stuck({
      ...options,
      interrupt: (level) => this.#link.interrupt(level),
      notice: (text) => this.notice(text),
      changed: () => this.#setState(busyState(this.#stuck.interrupts)),
    });
    this.#editor = new Editor({
      ...options,
      write: (text) => this.#turn.write(text),
      width: options.width ?? codePointWidth,
      history: options.history ?? [],
      onLine: (line, kind) => this.#typed(line, kind),
      onInterrupt: (kind) => this.#interrupted(kind),
      onEof: (kind) => this.#endOfInput(kind),
      complete: (text, cursor) => this.#link.complete(text, cursor),
    });
    this.#subscriptions = [
      this.#link.onRecord((record) => this.#arrived(record)),
      this.#link.onStatus((status) => this.#linkStatus(status)),
      this.#link.onRefused((refusal) => this.#refused(refusal)),
      this.#link.onAway((ms) => this.#quiet(`away ${span(ms)}`)),
      this.#link.onFate((input, fate) => this.#decided(input, fate)),
    ];
    this.#counting = setInterval(() => this.#showStatus(), COUNT_MS);
    this.#counting.unref();
    this.#editor.start();
    this.#link.resize(options.columns);
    this.#turn.schedule();
  }

  get state(): ConsoleState {
    return this.#state;
  }

  /** Another text in the place of R's own prompt from now on, also where R waits already. */
  usePrompt(text: string): void {
    const waits = this.#state.state === 'idle' && this.#lastPrompt === (this.#prompt ?? R_PROMPT);
    this.#prompt = text;
    if (!waits) return;
    this.#lastPrompt = text;
    this.#promptAgain();
    this.#turn.schedule();
  }

  /** Data typed by the user. */
  input(data: string): void {
    if (this.#ended) return;
    if (this.#readOnly) this.#readOnlyKey(data);
    else if (this.#stuck.isAsking) this.#stuck.answer(data);
    else if (this.#quit.isAsking) this.#quit.answer(data);
    else this.#editor.input(data);
    this.#turn.schedule();
  }

  resize(columns: number, rows: number): void {
    this.#editor.resize(columns, rows);
    this.#link.resize(columns);
    this.#turn.schedule();
  }

  /** Tells something that R did not say, on lines of its own. */
  notice(text: string): void {
    this.#editor.output(`${this.#editor.column > 0 ? '\n' : ''}${text}\n`);
    this.#turn.schedule();
  }

  /** The same for what is only worth a glance. */
  #quiet(text: string): void {
    this.notice(dim(text));
  }

  /** Leaves the terminal to somebody else, e.g. to ask for a password, until the function returned is called. */
  suspend(): () => void {
    if (this.#editor.column > 0) this.#editor.output('\n');
    this.#turn.flush();
    this.#editor.stop();
    this.#turn.hold();
    return () => {
      this.#turn.release();
      this.#ahead.run();
      this.#editor.start();
      this.#editor.redraw();
      this.#turn.schedule();
    };
  }

  /** Characters that wait for the terminal while it is somebody else's. */
  get waiting(): number {
    return this.#turn.waiting;
  }

  /** Lines that were typed or pasted for somebody else before this console's turn came; `draft` is not a line yet. */
  feed(lines: readonly string[], draft = ''): void {
    if (draft) this.#editor.input(draft);
    this.#ahead.add(...lines);
    this.#turn.schedule();
  }

  /** What waits behind a word, and what is being typed. */
  take(): { lines: string[]; draft: string } {
    return { lines: this.#ahead.take(), draft: this.#editor.takeText() };
  }

  /** Leaves the terminal as it was; the session goes on. */
  dispose(): void {
    if (this.#subscriptions.length === 0) return;
    clearInterval(this.#counting);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#editor.stop();
    this.#turn.flush();
  }

  #arrived(record: JournalRecord): void {
    const { state } = this.#link.status;
    if (!this.#fold.take(record, state === 'replaying')) this.#record(record);
  }

  #record(record: JournalRecord): void {
    if (this.#shows.take(record, this.#link.status.state === 'live')) return this.#turn.schedule();
    if (OUTPUT.has(record.type)) this.#editor.output(this.#streams.text(record.type, record.payload));
    else if (record.type === RecordType.prompt) this.#prompted(record);
    else if (record.type === RecordType.consumed) this.#consumed(record);
    else if (record.type === RecordType.reset) this.#status = 1;
    else if (record.type === RecordType.tombstone) this.#missing(tombstoneNote(record.payload));
    else return;
    this.#isBack = false;
    this.#showStatus();
    this.#turn.schedule();
  }

  #missing(note: string): void {
    // The text around the gap does not belong together.
    this.#streams.reset();
    this.#quiet(note);
  }

  #prompted(record: JournalRecord): void {
    const kind = kindOf(record.flag);
    this.#streams.reset();
    this.#stuck.reset();
    const text = shownPrompt(fromUtf8(record.payload), kind, this.#prompt);
    // Only the last line of a prompt is one: what stands above is like output.
    const cut = text.lastIndexOf('\n') + 1;
    if (cut > 0) this.#editor.output(text.slice(0, cut));
    this.#lastPrompt = text.slice(cut);
    this.#lastKind = kind;
    this.#quit.reset();
    this.#editor.prompt(this.#lastPrompt, kind, this.#status);
    this.#status = 0;
    this.#setState(stateOf(kind));
    this.#ahead.run();
  }

  #consumed(record: JournalRecord): void {
    const { client, counter, prompt, text } = decodeConsumed(record.payload);
    const kind = kindOf(record.flag);
    this.#editor.busy();
    this.#setState(busyState(this.#stuck.interrupts));
    const own = this.#link.isOwn({ client, counter });
    this.#shows.read(own);
    if (own && this.#echoed.has(counter)) {
      if (record.aux === 1) this.#echoed.delete(counter);
      return;
    }
    const shown = prompt ? shownPrompt(prompt, kind, this.#prompt) : this.#lastPrompt;
    this.#editor.echo(shown, filtered(text), kind !== 'readline' && kind !== 'menu');
  }

  #typed(line: string, kind: LineKind): void {
    if (kind === 'busy') return this.#ahead.add(line);
    if (kind === 'top' && this.#ownWord(line)) return this.#promptAgain();
    if ((kind === 'top' || kind === 'browser') && this.#quit.concerns(line)) return this.#quit.ask(line);
    this.#send(line);
  }

  #send(line: string): void {
    this.#setState(busyState(this.#stuck.interrupts));
    const id: InputId = this.#link.input(line);
    this.#echoed.add(id.counter);
    this.#showStatus();
  }

  /** Lines that are not for R. */
  #ownWord(line: string): boolean {
    if (this.#options.intercept?.(line)) return true;
    const word = wordIn(line);
    if (word !== 'pause()' && word !== 'resume()') return false;
    this.#editor.output(`${NO_LOCAL_R}\n`);
    return true;
  }

  #promptAgain(): void {
    if (!this.#ended) this.#editor.prompt(this.#lastPrompt, 'top');
  }

  /** A prompt that stands before lines that were sent is for them, not for what waits. */
  #waitsFor(): LineKind | undefined {
    if (this.#turn.isHeld || this.#quit.isAsking) return undefined;
    return this.#link.unread > 0 ? 'busy' : this.#editor.kind;
  }

  #enter(line: string, kind: 'top' | 'continuation'): void {
    this.#editor.busy();
    this.#editor.echo(this.#lastPrompt, line, true);
    if (kind === 'top' && this.#quit.concerns(line)) this.#quit.ask(line);
    else if (kind === 'top' && this.#ownWord(line)) this.#promptAgain();
    else this.#echoed.add(this.#link.input(line).counter);
  }

  #interrupted(kind: LineKind): void {
    this.#ahead.take();
    // At R's own prompt there is nothing to stop: the line is thrown away here.
    if (kind === 'top') return;
    if (kind !== 'busy') this.#editor.busy();
    this.#stuck.press();
  }

  #endOfInput(kind: LineKind): void {
    if (kind === 'top') {
      if (this.#options.intercept?.('exit')) return;
      return this.#link.eof();
    }
    if (kind === 'continuation') return this.#interrupted(kind);
    // As R does at the end of its input: browser() goes on, a question gets an empty answer.
    if (kind === 'browser') this.#link.input('c');
    else if (kind !== 'busy') this.#link.input('');
  }

  #readOnlyKey(data: string): void {
    if (data === '\x03' || data === '\x04') return this.#options.onLeave?.();
    // Answers of the terminal itself are no keys.
    if (data.startsWith('\x1b')) return;
    this.#hint = true;
    this.#showStatus();
  }

  #linkStatus(status: LinkStatus): void {
    switch (status.state) {
      case 'offline':
        this.#wasOffline = true;
        this.#setState(offlineState(status));
        break;
      case 'signedOut':
        if (this.#state.state !== 'signedOut') this.#quiet(linkText(status));
        this.#wasOffline = true;
        this.#setState({ state: 'signedOut' });
        break;
      case 'live':
        this.#fold.end();
        this.#wasLive = true;
        if (!this.#wasOffline) break;
        this.#wasOffline = false;
        this.#isBack = true;
        this.#setState(
          this.#editor.kind === 'busy' ? busyState(this.#stuck.interrupts) : stateOf(this.#editor.kind),
        );
        break;
      case 'ended':
        return this.#end(status);
      case 'closed':
        if (status.reason) this.notice(`[${status.reason.text}]`);
        break;
    }
    this.#showStatus();
    this.#turn.schedule();
  }

  /** The row under the line: the connection first, then what else there is to say. */
  #showStatus(): void {
    if (this.#ended || this.#subscriptions.length === 0) return;
    const { status, unaccepted } = this.#link;
    const about = connectionText(status, { wasLive: this.#wasLive, unsent: unaccepted });
    const own = this.#readOnly ? (this.#hint ? READ_ONLY_HINT : READ_ONLY) : undefined;
    this.#editor.setStatus(about ?? (this.#isBack ? 'the connection is back' : own));
    this.#turn.schedule();
  }

  #decided(input: PendingInput, fate: InputFate): void {
    if (fate === 'waiting' || fate === 'accepted') return this.#showStatus();
    if (fate !== 'read') this.#echoed.delete(input.id.counter);
    if (fate === 'notRun') this.#notRun.push(...unreadLines(input));
    else this.#ahead.run();
  }

  #end(status: LinkStatus & { state: 'ended' }): void {
    this.#ended = true;
    clearInterval(this.#counting);
    this.#editor.setStatus(undefined);
    this.#editor.busy();
    if (this.#notRun.length > 0) this.#quiet(notRunNote(this.#notRun));
    this.#setState({ state: 'ended' });
    this.#turn.flush();
    this.#options.onEnd?.(status.final);
  }

  #refused({ error }: Refusal): void {
    this.notice(`[${error.text}]`);
    if (this.#state.state === 'busy' && this.#link.unaccepted === 0 && this.#lastPrompt && !this.#ended)
      this.#editor.prompt(this.#lastPrompt, 'top');
  }

  #setState(state: ConsoleState): void {
    const same = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!same) this.#options.onState?.(state);
  }
}
