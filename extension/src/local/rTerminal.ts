import { randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { LocalConsole, LocalProcess, planLaunch, type LocalExit } from '@farside/client';
import { Pacer } from '../terminal/pacer.ts';
import { SessionHost } from '../terminal/host.ts';
import type { SessionTerminal } from '../terminal/sessionTerminal.ts';
import { localBanner, localTitle } from './title.ts';

/** Until the first real dimensions: VS Code may open a terminal without any. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };
const NONCE_BYTES = 16;

export interface RTerminalOptions {
  /** The program of local R. */
  readonly program: string;
  readonly folder: string;
  /** profile.R. */
  readonly profile: string;
  /** Lines typed before, the newest last; shared by all terminals and extended. */
  readonly history: string[];
  /** Said under the banner. */
  readonly note?: string;
  readonly size?: vscode.TerminalDimensions;
  /** The title or the state has changed. */
  readonly onChange: () => void;
  /** Variables for the environment of local R. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Answered by the window, after all that was sent to it before. */
const echo = (): Promise<unknown> =>
  Promise.resolve(vscode.commands.executeCommand('setContext', 'farside.echo', true));

/** A terminal with local R. */
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
  #size: vscode.TerminalDimensions | undefined;
  #process: LocalProcess | undefined;
  #local: LocalConsole | undefined;
  #ended = false;

  constructor(options: RTerminalOptions) {
    super();
    this.#options = options;
    this.#size = options.size;
  }

  get remote(): SessionTerminal | undefined {
    return undefined;
  }
  get isRemote(): boolean {
    return false;
  }
  get title(): string {
    return localTitle(this.#local?.state ?? { state: 'starting' });
  }
  get size(): vscode.TerminalDimensions | undefined {
    return this.#size;
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.#size = size ?? this.#size;
    const { columns, rows } = this.#size ?? DEFAULT_SIZE;
    const { program, folder, profile, history, note, env } = this.#options;
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    this.#pacer.write(localBanner(program, folder, note));
    const { platform } = process;
    const plan = { path: program, platform, env: process.env, profile, nonce, columns, extra: env };
    this.#process = new LocalProcess(planLaunch(plan), folder);
    this.#local = new LocalConsole({
      process: this.#process,
      nonce,
      write: (text) => this.#pacer.write(text),
      columns,
      rows,
      history,
      marks: { nonce: this.nonce, windows: platform === 'win32' },
      room: () => this.#pacer.room(),
      onState: () => this.#changed(),
      onEnd: (exit) => this.#end(exit),
    });
  }

  handleInput(data: string): void {
    if (this.#ended) this.#close.fire();
    else this.#local?.input(data);
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = size;
    this.#local?.resize(size.columns, size.rows);
  }

  /** VS Code closed the terminal: local R and all it has started end with it. */
  close(): void {
    this.#local?.dispose();
    this.#process?.end();
    this.#pacer.dispose();
    for (const emitter of [this.#write, this.#name, this.#close]) emitter.dispose();
  }

  #changed(): void {
    this.#name.fire(this.title);
    this.#options.onChange();
  }

  /** q() was typed, or R is gone: who reads why may take the time. */
  #end({ code, signal, error }: LocalExit): void {
    this.#ended = true;
    if (code === 0) return this.#close.fire(0);
    const why = error ?? (signal ? `by ${signal}` : `with status ${code}`);
    this.#pacer.write(`\r\n\x1b[1mLocal R has ended:\x1b[0m ${why}\r\nAny key closes this terminal.\r\n`);
  }
}
