import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { RemoteConsole, SessionLink, isExit, wordIn } from '@farside/client';
import type { ConsoleState, ShowHandler } from '@farside/client';
import type { Final, SessionInfo, SessionState } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { isAlive, isJob } from '../sessions/describe.ts';
import { sessionStateOf, terminalTitle } from './consoleState.ts';
import { banner } from './banner.ts';
import type { Hosted, PlotWishes } from './host.ts';
import { Pacer } from './pacer.ts';
import { farewell, lastKey, type LastKey } from './farewell.ts';

/** Until the first real dimensions: VS Code may open a terminal without any. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** R's own prompt is "> ". */
const PROMPT = 'REMOTE> ';
/** Ends after which nobody needs to read the terminal again. */
const QUIET_ENDS: readonly Final['cause'][] = ['quit', 'asked', 'eof'];
/** Output shown of a session that is opened or comes back after long; the journal has the rest. */
const TAIL_BYTES = 1024 * 1024;
/** Output that is kept here for a session on hold. */
const HIDDEN_CHARS = 1024 * 1024;

export interface SessionTerminalHost {
  /** Lines typed before, the newest last; shared by all terminals and extended. */
  readonly history: string[];
  readonly onState: () => void;
  /** Shows what R would show in a window; see RemoteConsoleOptions. */
  readonly onShow: ShowHandler;
  /** `exit` was typed. */
  readonly onExit: () => void;
  /** Interrupts did not help: asks whether to end R, and ends it. */
  readonly onStuck: () => Promise<void>;
  /** The session has ended, and the terminal says so. */
  readonly onEnded: () => void;
  /** A key was pressed in the terminal of a session that has ended. */
  readonly onLastKey: (key: Exclude<LastKey, 'close'>) => void;
  /** The terminal is gone, by the user's hand, with the session or with the window; the session goes on when `alive`. */
  readonly onClosed: (alive: boolean) => void;
}

export interface SessionTerminalOptions {
  readonly server: ServerConnection;
  readonly info: SessionInfo;
  readonly host: SessionTerminalHost;
  readonly readOnly?: boolean;
  /** When a terminal of an earlier window last showed this session, ms since 1970. */
  readonly lastSeen?: number;
  /** Dimensions of that terminal. */
  readonly size?: vscode.TerminalDimensions;
  /** It is shown inside another terminal. */
  readonly hosted?: Hosted;
}

/** Answered by the window, after all that was sent to it before. */
const echo = (): Promise<unknown> =>
  Promise.resolve(vscode.commands.executeCommand('setContext', 'farside.echo', true));

/** One session in one terminal: the pseudoterminal, the link and the console between them. */
export class SessionTerminal implements vscode.Pseudoterminal {
  readonly server: ServerConnection;
  readonly session: string;
  readonly readOnly: boolean;
  readonly link: SessionLink;
  /** What happens to plots besides being kept; R that handed the session over may say otherwise. */
  plotWishes: PlotWishes = { show: true };
  readonly nonce = randomUUID();
  readonly #options: SessionTerminalOptions;
  readonly #host: SessionTerminalHost;
  readonly #write = new vscode.EventEmitter<string>();
  readonly #name = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly onDidWrite = this.#write.event;
  readonly onDidChangeName = this.#name.event;
  readonly onDidClose = this.#close.event;
  readonly #pacer: Pacer;
  #info: SessionInfo;
  #console: RemoteConsole | undefined;
  #state: ConsoleState = { state: 'starting' };
  #size: vscode.TerminalDimensions | undefined;
  #busySince = Date.now();
  #wasLive = false;
  #ended = false;
  #prompt: string;
  #hidden: (() => void) | undefined;
  #whenShown: (() => void)[] = [];

  constructor(options: SessionTerminalOptions) {
    this.#options = options;
    this.#pacer = options.hosted?.pacer ?? new Pacer((text) => this.#write.fire(text), echo);
    this.server = options.server;
    this.session = options.info.id;
    this.readOnly = options.readOnly ?? false;
    this.#info = options.info;
    this.#host = options.host;
    this.#size = options.size;
    this.#prompt = options.hosted?.prompt ?? PROMPT;
    this.link = new SessionLink({
      client: this.server.client,
      session: this.session,
      readOnly: this.readOnly,
      tail: TAIL_BYTES,
    });
    this.link.onStatus((status) => {
      if (status.state === 'live') this.#wasLive = true;
      if (status.state === 'closed' && status.reason !== undefined) this.#refused();
    });
  }

  get info(): SessionInfo {
    return this.#info;
  }

  /** The list of sessions has news, e.g. another name. */
  update(info: SessionInfo): void {
    const renamed = info.name !== this.#info.name;
    this.#info = info;
    if (renamed) this.#name.fire(this.title);
  }

  get title(): string {
    return terminalTitle(this.#info.name, this.#state, this.readOnly);
  }

  get offline(): boolean {
    return this.#state.state === 'offline' || this.#state.state === 'signedOut';
  }

  /** ms since 1970. */
  get offlineSince(): number | undefined {
    return this.#state.state === 'offline' ? this.#state.since : undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** It showed the session live, at some time. */
  get wasLive(): boolean {
    return this.#wasLive;
  }

  /** When it last showed what the session does. */
  get lastSeen(): number {
    return this.link.lastSeen ?? this.#options.lastSeen ?? Date.now();
  }

  get size(): vscode.TerminalDimensions | undefined {
    return this.#size;
  }

  /** How often R was interrupted since it is busy. */
  get interrupts(): number {
    return this.#state.state === 'busy' ? (this.#state.interrupts ?? 0) : 0;
  }

  /** Undefined while this console does not know better than the list of sessions. */
  get state(): SessionState | undefined {
    return sessionStateOf(this.#state, this.#busySince);
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.#size = size ?? this.#size;
    const { columns, rows } = this.#size ?? DEFAULT_SIZE;
    const { state } = this.server;
    const notice = state.kind === 'ready' ? state.about.notice : '';
    // R has said it before it handed the session over.
    if (!this.#options.hosted?.introduced)
      this.#pacer.write(banner(this.server.entry.name, this.#info.hello?.rVersion, notice));
    this.#console = new RemoteConsole({
      link: this.link,
      write: (text) => this.#pacer.write(text),
      columns,
      rows,
      prompt: this.#prompt,
      history: this.#host.history,
      marks: { nonce: this.nonce },
      readOnly: this.readOnly,
      lastSeen: this.#options.lastSeen,
      onState: (next) => this.#changed(next),
      onShow: this.#host.onShow,
      confirmQuit: true,
      onEnd: (final) => this.#end(final),
      // The question is asked, and carried out, by the extension.
      onEndR: () => this.#host.onStuck().then(() => false),
      intercept: (line) => this.#intercept(line),
    });
    // Last, so that what the console wrote of a record counts.
    this.link.onRecord(() => this.#room());
    this.link.resize(columns);
    this.link.open();
  }

  handleInput(data: string): void {
    if (!this.#ended) return this.#console?.input(data);
    const key = this.#state.state === 'ended' ? lastKey(data, this.#info.kind) : 'close';
    if (key === 'close') this.#close.fire();
    else this.#host.onLastKey(key);
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = size;
    this.#console?.resize(size.columns, size.rows);
    this.link.resize(size.columns);
    this.#host.onState();
  }

  /** VS Code closed the terminal. */
  close(): void {
    const alive = !this.#ended;
    this.#console?.dispose();
    for (const go of this.#whenShown.splice(0)) go();
    if (this.#options.hosted === undefined) this.#pacer.dispose();
    this.link.close();
    for (const emitter of [this.#write, this.#name, this.#close]) emitter.dispose();
    this.#host.onClosed(alive);
  }

  /** Closes the terminal from our side. */
  finish(): void {
    this.#close.fire();
  }

  /** Another console has the terminal now; what R prints meanwhile is shown when this one comes back. */
  hide(): void {
    this.#hidden ??= this.#console?.suspend();
  }

  reveal(): void {
    this.#hidden?.();
    this.#hidden = undefined;
    for (const go of this.#whenShown.splice(0)) go();
  }

  /** What was typed or pasted and is not R's yet. */
  take(): { lines: string[]; draft: string } {
    return this.#console?.take() ?? { lines: [], draft: '' };
  }

  feed(lines: readonly string[], draft: string): void {
    this.#console?.feed(lines, draft);
  }

  /** Hidden, the server is held back before much piles up here: its journal has the rest. */
  #room(): Promise<void> | undefined {
    if (this.#hidden === undefined) return this.#pacer.room();
    if ((this.#console?.waiting ?? 0) < HIDDEN_CHARS) return undefined;
    return new Promise((resolve) => this.#whenShown.push(resolve));
  }

  /** Another text in the place of R's own prompt. */
  usePrompt(text: string): void {
    this.#prompt = text;
    this.#console?.usePrompt(text);
  }

  notice(text: string): void {
    this.#console?.notice(text);
  }

  /** Without local R pause() and resume() are answered by the console itself. */
  #intercept(line: string): boolean {
    const word = wordIn(line);
    const { hosted } = this.#options;
    if (hosted !== undefined) return word !== undefined && hosted.onWord(word);
    if (this.readOnly || !isExit(word)) return false;
    this.#host.onExit();
    return true;
  }

  #changed(next: ConsoleState): void {
    if (next.state === 'busy' && this.#state.state !== 'busy') this.#busySince = Date.now();
    this.#state = next;
    this.#name.fire(this.title);
    this.#host.onState();
  }

  /** The server knows no such session any more; the console has said so. */
  #refused(): void {
    this.#ended = true;
    this.#host.onEnded();
    if (this.#options.hosted) return this.#options.hosted.onFinal();
    this.notice('Any key closes this terminal.');
  }

  #end(final: Final): void {
    this.#ended = true;
    this.#host.onState();
    this.#host.onEnded();
    if (this.#options.hosted) return this.#options.hosted.onFinal(final.message);
    // Who opens a session that has ended, or comes back to one, wants to read it.
    const watched = this.#wasLive && isAlive(this.#options.info) && !isJob(this.#info);
    if (watched && QUIET_ENDS.includes(final.cause)) return this.#close.fire(0);
    this.#pacer.write(farewell(final, this.#info));
  }
}
