import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { NO_LOCAL_R, isExit, wordIn, type LocalExit, type Word } from '@farside/client';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { SessionHost, type Hosted } from '../terminal/host.ts';
import { Pacer } from '../terminal/pacer.ts';
import type { SessionTerminal } from '../terminal/sessionTerminal.ts';
import { toFarsideError } from '../ui/toError.ts';
import { LocalSide, type LocalSideOptions } from './localSide.ts';
import { localBanner, localTitle } from './title.ts';

/** Until the first real dimensions: VS Code may open a terminal without any. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** mrsdeploy forgets a session that was ended here. */
const LEFT = 'if (isNamespaceLoaded("mrsdeploy")) mrsdeploy:::editor_left()';

/** What an R terminal needs of the window. */
export interface RTerminalHost {
  /** VS Code's side of it. */
  readonly terminal: () => vscode.Terminal | undefined;
  /** Makes the terminal of a session that is shown inside this one. */
  readonly host: (server: ServerConnection, info: SessionInfo, hosted: Hosted) => SessionTerminal;
  /** The session is not shown here any more. */
  readonly release: (remote: SessionTerminal) => void;
  /** The remote session was left for good: R's sign-in is over. */
  readonly onExit: () => void;
  /** The title, the state or the target has changed. */
  readonly onChange: () => void;
  /** Local R has no mrsdeploy: gives the code that installs it, where the user wants that. */
  readonly onWithoutPackage: () => Promise<string | undefined>;
  readonly onClosed: () => void;
}

export interface RTerminalOptions extends Omit<LocalSideOptions, 'windowNonce'> {
  /** Said under the banner. */
  readonly note?: string;
  readonly size?: vscode.TerminalDimensions;
  readonly host: RTerminalHost;
}

export interface RemoteOptions {
  readonly prompt?: string;
  readonly introduced?: boolean;
  /** mrsdeploy in this local R made it. */
  readonly ofR?: boolean;
}

/** Answered by the window, after all that was sent to it before. */
const echo = (): Promise<unknown> =>
  Promise.resolve(vscode.commands.executeCommand('setContext', 'farside.echo', true));

/** One terminal with local R and, in turn with it, a remote session. */
export class RTerminal extends SessionHost implements vscode.Pseudoterminal {
  readonly nonce = randomUUID();
  readonly #options: RTerminalOptions;
  readonly #write = new vscode.EventEmitter<string>();
  readonly #name = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly onDidWrite = this.#write.event;
  readonly onDidChangeName = this.#name.event;
  readonly onDidClose = this.#close.event;
  readonly #pacer = new Pacer((text) => this.#write.fire(text), echo);
  readonly #local: LocalSide;
  #size: vscode.TerminalDimensions | undefined;
  #remote: SessionTerminal | undefined;
  #remoteOpen = false;
  #ofR = false;
  #isRemote = false;
  #enter = false;
  /** The session that the user ends. */
  #ending: SessionTerminal | undefined;
  #localEnded: string | undefined;
  #checked = false;
  #saidAgain = false;

  constructor(options: RTerminalOptions) {
    super();
    this.#options = options;
    this.#size = options.size;
    this.#local = new LocalSide({ ...options, windowNonce: this.nonce });
  }

  get remote(): SessionTerminal | undefined {
    return this.#remote;
  }
  get isRemote(): boolean {
    return this.#isRemote;
  }
  get size(): vscode.TerminalDimensions | undefined {
    return this.#size;
  }
  get title(): string {
    if (this.#isRemote && this.#remote) return this.#remote.title;
    return localTitle(this.#local.state, this.#remote?.info.name);
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.#size = size ?? this.#size;
    const { program, folder, note } = this.#options;
    this.#pacer.write(localBanner(program, folder, note));
    this.#local.open({
      ...(this.#size ?? DEFAULT_SIZE),
      pacer: this.#pacer,
      intercept: (line) => this.#typedLocally(line),
      onPrompt: () => this.#atPrompt(),
      onState: () => this.#changed(),
      onEnd: (exit) => this.#localEnd(exit),
    });
  }

  handleInput(data: string): void {
    if (this.#isRemote) this.#remote?.handleInput(data);
    else if (this.#localEnded !== undefined) this.#close.fire();
    else this.#local.console?.input(data);
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = size;
    this.#local.console?.resize(size.columns, size.rows);
    if (this.#remoteOpen) this.#remote?.setDimensions(size);
  }

  /** VS Code closed the terminal: local R and all it has started end with it; the remote session goes on. */
  close(): void {
    this.#local.dispose();
    if (this.#remoteOpen) this.#remote?.close();
    this.#pacer.dispose();
    for (const emitter of [this.#write, this.#name, this.#close]) emitter.dispose();
    this.#options.host.onClosed();
  }

  /** The session that resume() goes to. Another one that was there goes on without this terminal. */
  setRemote(server: ServerConnection, info: SessionInfo, options: RemoteOptions = {}): void {
    const old = this.#remote;
    this.#ofR = options.ofR ?? false;
    if (old?.server === server && old.session === info.id && !old.ended) {
      if (options.prompt !== undefined) old.usePrompt(options.prompt);
      return;
    }
    if (old !== undefined) this.leave();
    this.#remote = this.#options.host.host(server, info, {
      host: this,
      terminal: this.#options.host.terminal,
      pacer: this.#pacer,
      prompt: options.prompt,
      introduced: options.introduced,
      onWord: (word) => this.#typedRemotely(word),
      onFinal: (message) => this.#remoteEnded(message),
    });
    this.#remote.onDidChangeName(() => this.#changed());
    this.#changed();
  }

  /** REMOTE> as soon as local R is back at its prompt. */
  enterAtPrompt(): void {
    if (this.#local.console?.isAtPrompt) this.resume();
    else this.#enter = true;
  }

  /** To the remote prompt. What waits for local R goes with it. */
  override resume(): void {
    const { console } = this.#local;
    // Local R shows its first prompt before anybody else has the terminal.
    this.#enter = console === undefined;
    if (console === undefined || this.#remote === undefined || this.#isRemote) return;
    this.#isRemote = true;
    console.hide();
    this.#show();
    this.#changed();
    // After the paste that this may be a line of.
    queueMicrotask(() => {
      if (!this.#isRemote) return;
      const { lines, draft } = console.take();
      this.#remote?.feed(lines, draft);
    });
  }

  /** To the local prompt; the remote session goes on. */
  pause(): void {
    this.#enter = false;
    const remote = this.#remote;
    if (remote === undefined || !this.#isRemote) return;
    this.#isRemote = false;
    remote.hide();
    this.#local.console?.show();
    this.#sayAgain();
    this.#changed();
    queueMicrotask(() => {
      if (this.#isRemote) return;
      const { lines, draft } = remote.take();
      this.#local.console?.feed(lines, draft);
    });
  }

  /** Ends the remote session and goes back to local R. */
  async exit(): Promise<void> {
    const remote = this.#remote;
    if (remote === undefined) return;
    this.#ending = remote;
    if (this.#ofR) void this.#local.console?.aside(`.farside$run(${LEFT})`);
    this.pause();
    try {
      await remote.server.client.call('closeSession', { params: { id: remote.session } });
    } catch (error) {
      this.#local.console?.notice(`[${toFarsideError(error).text}]`);
    }
    this.#drop(remote);
    if (this.#ofR) this.#options.host.onExit();
    if (this.#localEnded !== undefined) this.#close.fire();
  }

  /** The session is gone, or its server is: local R has the terminal. */
  override leave(): void {
    const remote = this.#remote;
    if (remote === undefined) return;
    this.pause();
    this.#drop(remote);
  }

  #show(): void {
    if (this.#remoteOpen) return this.#remote?.reveal();
    this.#remoteOpen = true;
    this.#remote?.open(this.#size);
  }

  #drop(remote: SessionTerminal): void {
    if (this.#remote !== remote) return;
    this.#remote = undefined;
    this.#remoteOpen = false;
    this.#options.host.release(remote);
    this.#changed();
  }

  /** resume() is R's own function where mrsdeploy made the session; typed it needs no R. */
  #typedLocally(line: string): boolean {
    if (wordIn(line) !== 'resume()' || this.#remote === undefined) return false;
    this.resume();
    return true;
  }

  #typedRemotely(word: Word): boolean {
    if (isExit(word)) void this.exit();
    else if (word === 'resume()') this.#remote?.notice('This is the remote session already.');
    else if (this.#localEnded !== undefined) this.#remote?.notice(NO_LOCAL_R);
    else this.pause();
    return true;
  }

  #atPrompt(): boolean {
    if (!this.#checked) void this.#checkPackage();
    if (!this.#enter) return false;
    this.resume();
    return this.#isRemote;
  }

  /** What was said at the start has scrolled away behind the session that came back first. */
  #sayAgain(): void {
    const { note } = this.#options;
    if (note !== undefined && !this.#saidAgain) this.#local.console?.notice(note);
    this.#saidAgain = true;
  }

  async #checkPackage(): Promise<void> {
    this.#checked = true;
    const { console } = this.#local;
    const has = await console?.aside('.farside$has("mrsdeploy")');
    if (has !== 'FALSE') return;
    const code = await this.#options.host.onWithoutPackage();
    if (code !== undefined) console?.feed([code]);
  }

  #remoteEnded(message?: string): void {
    const remote = this.#remote;
    if (remote === undefined || remote === this.#ending) return;
    const why = message ?? 'the server does not know it any more';
    if (this.#ofR) void this.#local.console?.aside(`.farside$run(${LEFT})`);
    this.pause();
    this.#local.console?.notice(`[The remote session has ended: ${why}]`);
    this.#drop(remote);
    if (this.#localEnded !== undefined) this.#close.fire();
  }

  /** q() was typed, or R is gone. A remote session that is shown here stays. */
  #localEnd({ code, signal, error }: LocalExit): void {
    const why = error ?? (signal ? `by ${signal}` : `with status ${code}`);
    this.#localEnded = why;
    if (this.#remote !== undefined) {
      this.resume();
      this.#remote.notice(`[Local R has ended (${why}). ${NO_LOCAL_R}]`);
    } else if (code === 0) return this.#close.fire(0);
    else
      this.#pacer.write(`\r\n\x1b[1mLocal R has ended:\x1b[0m ${why}\r\nAny key closes this terminal.\r\n`);
    this.#changed();
  }

  #changed(): void {
    this.#name.fire(this.title);
    this.#options.host.onChange();
  }
}
