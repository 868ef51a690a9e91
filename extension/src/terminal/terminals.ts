import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import { toFarsideError } from '../ui/toError.ts';
import { SessionTerminal } from './sessionTerminal.ts';

const HISTORY_KEY = 'farside.history';
/** Lines kept from one window to the next. */
const HISTORY_LINES = 1_000;
const TOLD_KEY = 'farside.toldSessionStays';

/** The terminals of this window, at most one for each session. */
export class Terminals implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #servers: Servers;
  readonly #log: vscode.LogOutputChannel;
  readonly #open = new Map<SessionTerminal, vscode.Terminal | undefined>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #attached = new vscode.EventEmitter<SessionTerminal>();
  readonly #activated = new vscode.EventEmitter<SessionTerminal>();
  /** A console's state changed, or a terminal came or went. */
  readonly onDidChange = this.#changed.event;
  /** A session was opened here; its link is about to attach. */
  readonly onDidAttach = this.#attached.event;
  readonly onDidActivate = this.#activated.event;
  readonly #subscriptions: vscode.Disposable[];
  readonly #history: string[];

  constructor(context: vscode.ExtensionContext, servers: Servers, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#servers = servers;
    this.#log = log;
    this.#history = [...context.globalState.get<string[]>(HISTORY_KEY, [])];
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTerminal((terminal) => this.#activate(terminal)),
      vscode.window.onDidOpenTerminal((terminal) => this.#adopt(terminal)),
      servers.onDidChange(() => this.#closeOrphans()),
    ];
  }

  get all(): readonly SessionTerminal[] {
    return [...this.#open.keys()];
  }

  find(server: ServerConnection, session: string): SessionTerminal | undefined {
    return this.all.find((one) => one.server === server && one.session === session);
  }

  of(terminal: vscode.Terminal): SessionTerminal | undefined {
    return ptyOf(terminal);
  }

  /** The terminal of a session; made when it is not open here. */
  show(server: ServerConnection, session: SessionInfo, preserveFocus: boolean): SessionTerminal {
    const found = this.find(server, session.id);
    if (found !== undefined) {
      this.#open.get(found)?.show(preserveFocus);
      return found;
    }
    const made = this.create(server, session);
    const terminal = vscode.window.createTerminal(terminalOptions(made));
    this.#open.set(made, terminal);
    terminal.show(preserveFocus);
    return made;
  }

  /** For a terminal that VS Code makes itself, from the profile. */
  create(server: ServerConnection, session: SessionInfo): SessionTerminal {
    const made: SessionTerminal = new SessionTerminal(server, session, {
      history: this.#history,
      onState: () => this.#changed.fire(),
      onExit: () => void this.#endSession(made),
      onClosed: (alive) => this.#closed(made, session.name, alive),
    });
    this.#open.set(made, undefined);
    this.#attached.fire(made);
    this.#changed.fire();
    return made;
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    for (const [one, terminal] of this.#open) {
      terminal?.dispose();
      one.link.close();
    }
    for (const emitter of [this.#changed, this.#attached, this.#activated]) emitter.dispose();
  }

  async #endSession(terminal: SessionTerminal): Promise<void> {
    try {
      await terminal.server.client.call('closeSession', { params: { id: terminal.session } });
    } catch (error) {
      const { text } = toFarsideError(error);
      this.#log.error(text);
      terminal.notice(text);
    }
  }

  #closed(terminal: SessionTerminal, name: string, alive: boolean): void {
    this.#open.delete(terminal);
    void this.#context.globalState.update(HISTORY_KEY, this.#history.slice(-HISTORY_LINES));
    this.#changed.fire();
    if (alive && this.#servers.byUrl(terminal.server.entry.url) !== undefined) void this.#tellOnce(name);
  }

  /** Once for each user: after that the Sessions view says it. */
  async #tellOnce(name: string): Promise<void> {
    if (this.#context.globalState.get<boolean>(TOLD_KEY)) return;
    await this.#context.globalState.update(TOLD_KEY, true);
    const open = 'Show Sessions';
    const text = `The session “${name}” goes on on the server. Open it again from the Sessions view, or end it there.`;
    const answer = await vscode.window.showInformationMessage(text, open);
    if (answer === open) await vscode.commands.executeCommand('farside.sessions.focus');
  }

  #adopt(terminal: vscode.Terminal): void {
    const made = ptyOf(terminal);
    if (made !== undefined && this.#open.has(made)) this.#open.set(made, terminal);
  }

  #activate(terminal: vscode.Terminal | undefined): void {
    const made = terminal && ptyOf(terminal);
    void vscode.commands.executeCommand('setContext', 'farside.terminalActive', made !== undefined);
    if (made !== undefined) this.#activated.fire(made);
  }

  /** A server was removed from the settings: its terminals have nothing to talk to. */
  #closeOrphans(): void {
    for (const [one, terminal] of this.#open)
      if (this.#servers.byUrl(one.server.entry.url) !== one.server) terminal?.dispose();
  }
}

/** `isTransient`: VS Code would restore a dead screen after a reload; ours come back from the server. */
export function terminalOptions(pty: SessionTerminal): vscode.ExtensionTerminalOptions {
  const options = { name: pty.title, pty, iconPath: new vscode.ThemeIcon('remote'), isTransient: true };
  // Newer than the oldest VS Code we support, which passes over it.
  return Object.assign(options, { shellIntegrationNonce: pty.nonce });
}

function ptyOf(terminal: vscode.Terminal): SessionTerminal | undefined {
  const { pty } = terminal.creationOptions as Partial<vscode.ExtensionTerminalOptions>;
  return pty instanceof SessionTerminal ? pty : undefined;
}
