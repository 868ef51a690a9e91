import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { RemoteConsole, SessionLink, wordIn, type ConsoleState } from '@farside/client';
import type { Final, SessionInfo, SessionState } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { isAlive } from '../sessions/describe.ts';
import { sessionStateOf, terminalTitle } from './consoleState.ts';
import { banner } from './banner.ts';

/** Until the first real dimensions: VS Code may open a terminal without any. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** R's own prompt is "> ". */
const PROMPT = 'REMOTE> ';
/** Ends after which nobody needs to read the terminal again. */
const QUIET_ENDS: readonly Final['cause'][] = ['quit', 'asked', 'eof'];

export interface SessionTerminalHost {
  /** Lines typed before, the newest last; shared by all terminals and extended. */
  readonly history: string[];
  readonly onState: () => void;
  /** `exit` was typed. */
  readonly onExit: () => void;
  /** The terminal is gone, by the user's hand or with the session; the session goes on when `alive`. */
  readonly onClosed: (alive: boolean) => void;
}

/** One session in one terminal: the pseudoterminal, the link and the console between them. */
export class SessionTerminal implements vscode.Pseudoterminal {
  readonly server: ServerConnection;
  readonly session: string;
  readonly link: SessionLink;
  readonly nonce = randomUUID();
  readonly info: SessionInfo;
  readonly #host: SessionTerminalHost;
  readonly #write = new vscode.EventEmitter<string>();
  readonly #name = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly onDidWrite = this.#write.event;
  readonly onDidChangeName = this.#name.event;
  readonly onDidClose = this.#close.event;
  #console: RemoteConsole | undefined;
  #state: ConsoleState = { state: 'starting' };
  #busySince = Date.now();
  #ended = false;

  constructor(server: ServerConnection, info: SessionInfo, host: SessionTerminalHost) {
    this.server = server;
    this.session = info.id;
    this.info = info;
    this.#host = host;
    this.link = new SessionLink({ client: server.client, session: info.id });
  }

  get title(): string {
    return terminalTitle(this.info.name, this.#state);
  }

  get offline(): boolean {
    return this.#state.state === 'offline';
  }

  /** Undefined while this console does not know better than the list of sessions. */
  get state(): SessionState | undefined {
    return sessionStateOf(this.#state, this.#busySince);
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    const { columns, rows } = size ?? DEFAULT_SIZE;
    const { state } = this.server;
    const notice = state.kind === 'ready' ? state.about.notice : '';
    this.#write.fire(banner(this.server.entry.name, this.info.hello?.rVersion, notice));
    this.#console = new RemoteConsole({
      link: this.link,
      write: (text) => this.#write.fire(text),
      columns,
      rows,
      prompt: PROMPT,
      history: this.#host.history,
      marks: { nonce: this.nonce },
      onState: (next) => this.#changed(next),
      onEnd: (final) => this.#end(final),
      intercept: (line) => this.#intercept(line),
    });
    this.link.resize(columns);
    this.link.open();
  }

  handleInput(data: string): void {
    if (this.#ended) this.#close.fire();
    else this.#console?.input(data);
  }

  setDimensions({ columns, rows }: vscode.TerminalDimensions): void {
    this.#console?.resize(columns, rows);
    this.link.resize(columns);
  }

  /** VS Code closed the terminal. */
  close(): void {
    const alive = !this.#ended;
    this.#console?.dispose();
    this.link.close();
    for (const emitter of [this.#write, this.#name, this.#close]) emitter.dispose();
    this.#host.onClosed(alive);
  }

  notice(text: string): void {
    this.#console?.notice(text);
  }

  /** pause() and resume() are answered by the console itself. */
  #intercept(line: string): boolean {
    if (wordIn(line) !== 'exit') return false;
    this.#host.onExit();
    return true;
  }

  #changed(next: ConsoleState): void {
    if (next.state === 'busy' && this.#state.state !== 'busy') this.#busySince = Date.now();
    this.#state = next;
    this.#name.fire(this.title);
    this.#host.onState();
  }

  #end(final: Final): void {
    this.#ended = true;
    this.#host.onState();
    // Who opens a session that has ended wants to read it.
    if (isAlive(this.info) && QUIET_ENDS.includes(final.cause)) return this.#close.fire(0);
    this.#write.fire(`\r\n${final.message}\r\nPress any key to close this terminal.\r\n`);
  }
}
