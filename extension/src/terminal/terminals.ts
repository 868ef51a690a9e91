import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import type { SessionShows } from '../show/shows.ts';
import { toFarsideError } from '../ui/toError.ts';
import { InputHistory } from './history.ts';
import { TerminalMemory, type KeptTerminal } from './memory.ts';
import { SessionHost, type Hosted } from './host.ts';
import { locationOf, placeOf } from './place.ts';
import { SessionTerminal } from './sessionTerminal.ts';

const TOLD_KEY = 'farside.toldSessionStays';
/** A burst of changes is kept once. */
const KEEP_AFTER_MS = 300;
/** How exactly the next window knows how long it was away. */
const SEEN_MS = 20_000;
/** Finer than this would write at each change of state. */
const SEEN_GRAIN_MS = 5_000;

interface Opened {
  /** VS Code's side of it, as soon as it is known. */
  readonly terminal?: vscode.Terminal;
  /** Not to come back in the next window. */
  readonly forgotten?: boolean;
  /** It is shown inside another terminal, which brings it back. */
  readonly hosted?: Hosted;
}

export interface OpenOptions {
  readonly preserveFocus?: boolean;
  /** A new one stays behind the terminal in front: coming up, it would take the keyboard from who types there. */
  readonly behind?: boolean;
  /** `watch`: a terminal that sends nothing; `write`: one that does. An open one of the other kind is replaced. */
  readonly as?: 'watch' | 'write';
}

/** The terminals of this window, at most one for each session; they come back in the next window. */
export class Terminals implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #servers: Servers;
  readonly #log: vscode.LogOutputChannel;
  readonly #shows: SessionShows;
  readonly #memory: TerminalMemory;
  readonly #history: InputHistory;
  readonly #open = new Map<SessionTerminal, Opened>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #attached = new vscode.EventEmitter<SessionTerminal>();
  readonly #activated = new vscode.EventEmitter<SessionTerminal>();
  /** A console's state changed, or a terminal came or went. */
  readonly onDidChange = this.#changed.event;
  /** A session was opened here; its link is about to attach. */
  readonly onDidAttach = this.#attached.event;
  readonly onDidActivate = this.#activated.event;
  readonly #subscriptions: vscode.Disposable[];
  readonly #clock: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  /** The window closes: what VS Code takes down now is to come back. */
  #leaving = false;

  constructor(
    context: vscode.ExtensionContext,
    servers: Servers,
    log: vscode.LogOutputChannel,
    shows: SessionShows,
  ) {
    this.#shows = shows;
    this.#context = context;
    this.#servers = servers;
    this.#log = log;
    this.#memory = new TerminalMemory(context.workspaceState);
    this.#history = new InputHistory(context.globalState);
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTerminal((terminal) => this.#activate(terminal)),
      vscode.window.onDidOpenTerminal((terminal) => this.#adopt(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => this.#closedBy(terminal)),
      vscode.window.tabGroups.onDidChangeTabs(() => this.#keepSoon()),
      servers.onDidChange(() => this.#follow()),
    ];
    this.#clock = setInterval(() => this.#keepSoon(), SEEN_MS);
  }

  /** Lines typed in all terminals, the newest last. */
  get history(): string[] {
    return this.#history.lines;
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
  show(server: ServerConnection, session: SessionInfo, options: OpenOptions = {}): SessionTerminal {
    const { preserveFocus = false, behind = false, as } = options;
    const readOnly = as === 'watch';
    const found = this.find(server, session.id);
    if (found !== undefined && (as === undefined || found.readOnly === readOnly)) {
      const { terminal, hosted } = this.#open.get(found) ?? {};
      hosted?.host.resume();
      if (!behind) (terminal ?? hosted?.terminal())?.show(preserveFocus);
      return found;
    }
    const place = found && placeOf(found.title);
    const made = this.create(server, session, { readOnly });
    const terminal = this.#make(made, place);
    if (!behind) terminal.show(preserveFocus);
    if (found !== undefined) this.#retire(found);
    return made;
  }

  /** Opens a session where the terminal of another one, which has ended, stands. */
  replace(server: ServerConnection, ended: string, session: SessionInfo): void {
    const old = this.find(server, ended);
    const place = old && placeOf(old.title);
    this.#make(this.create(server, session), place).show(false);
    if (old !== undefined) this.#retire(old);
  }

  /** For a terminal that VS Code makes itself, from the profile. */
  create(
    server: ServerConnection,
    info: SessionInfo,
    past: Partial<Pick<KeptTerminal, 'readOnly' | 'lastSeen' | 'size'>> & { hosted?: Hosted } = {},
  ): SessionTerminal {
    const made: SessionTerminal = new SessionTerminal({
      server,
      info,
      ...past,
      host: this.#host(() => made),
    });
    this.#open.set(made, past.hosted ? { hosted: past.hosted } : {});
    this.#attached.fire(made);
    this.#tell();
    return made;
  }

  /** A session that was shown inside another terminal is not any more. */
  release(made: SessionTerminal): void {
    made.close();
    this.#drop(made, false);
  }

  /** The terminal in front shows another session now. */
  noteActive(): void {
    this.#activate(vscode.window.activeTerminal);
    this.#tell();
  }

  /** Opens what the last window of this workspace had open, where it was, without taking the focus. */
  revive(): void {
    const kept = this.#memory.load();
    for (const one of kept) {
      const server = this.#servers.byUrl(one.url);
      if (server === undefined || this.find(server, one.session.id)) continue;
      const terminal = this.#make(this.create(server, one.session, one), one.place);
      if (one.active) terminal.show(true);
    }
    if (kept.length > 0)
      this.#log.info(`${this.#open.size} of ${kept.length} terminals of the last window are back`);
  }

  /** What can be drawn, typed and kept is; the next window goes on from there. */
  dispose(): void {
    this.#keep();
    this.#leaving = true;
    clearInterval(this.#clock);
    clearTimeout(this.#timer);
    for (const one of this.#subscriptions) one.dispose();
    for (const [one, { terminal }] of this.#open) {
      terminal?.dispose();
      one.link.close();
    }
    for (const emitter of [this.#changed, this.#attached, this.#activated]) emitter.dispose();
  }

  #make(made: SessionTerminal, place: KeptTerminal['place'] = { kind: 'panel' }): vscode.Terminal {
    const options = { ...terminalOptions(made), location: locationOf(place) };
    const terminal = vscode.window.createTerminal(options);
    this.#open.set(made, { terminal });
    return terminal;
  }

  #host(self: () => SessionTerminal): ConstructorParameters<typeof SessionTerminal>[0]['host'] {
    const command = (id: string, ...more: string[]): Thenable<unknown> => {
      const { server, info: session } = self();
      return vscode.commands.executeCommand(id, { kind: 'session', server, session }, ...more);
    };
    return {
      history: this.#history.lines,
      onState: () => this.#tell(),
      onShow: (request) => this.#shows.show(self().server, self().info, request),
      onExit: () => void this.#endSession(self()),
      onStuck: async () => void (await command('farside.endSession', 'stuck')),
      onEnded: () => this.#forget(self()),
      onLastKey: (key) => void command(key === 'restart' ? 'farside.restartSession' : 'farside.openJournal'),
      onClosed: (alive) => this.#gone(self(), alive),
    };
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

  /** An end is shown once: the next window does not bring it back. */
  #forget(terminal: SessionTerminal): void {
    const opened = this.#open.get(terminal);
    if (opened !== undefined) this.#open.set(terminal, { ...opened, forgotten: true });
    this.#keepSoon();
  }

  /** Another one has taken its place. */
  #retire(terminal: SessionTerminal): void {
    this.#forget(terminal);
    terminal.finish();
  }

  /** The terminal is gone; whether for good is known when VS Code says why. */
  #gone(terminal: SessionTerminal, alive: boolean): void {
    if (!alive) this.#drop(terminal, false);
  }

  #closedBy(terminal: vscode.Terminal): void {
    const made = ptyOf(terminal);
    if (made === undefined) return;
    if (terminal.exitStatus?.reason === vscode.TerminalExitReason.Shutdown) this.#leaving = true;
    else this.#drop(made, !made.ended && this.#servers.all.includes(made.server));
  }

  #drop(terminal: SessionTerminal, alive: boolean): void {
    const forgotten = this.#open.get(terminal)?.forgotten;
    if (!this.#open.delete(terminal)) return;
    this.#tell();
    // At once: the window may go in the next moment.
    this.#keep();
    if (alive && !forgotten && !this.#leaving) void this.#tellOnce(terminal.info.name);
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
    if (made === undefined || !this.#open.has(made) || this.#open.get(made)?.hosted) return;
    this.#open.set(made, { ...this.#open.get(made), terminal });
    this.#keepSoon();
  }

  #activate(terminal: vscode.Terminal | undefined): void {
    const pty = terminal && anyPty(terminal);
    const ours = pty instanceof SessionTerminal || pty instanceof SessionHost;
    void vscode.commands.executeCommand('setContext', 'farside.terminalActive', ours);
    const made = terminal && ptyOf(terminal);
    const shown = !(pty instanceof SessionHost) || pty.isRemote;
    if (made !== undefined && shown) this.#activated.fire(made);
    this.#keepSoon();
  }

  /** New names reach the titles; the terminals of a server that was removed have nothing to talk to. */
  #follow(): void {
    for (const [one, { terminal, hosted }] of this.#open) {
      const info = one.server.sessions.find((session) => session.id === one.session);
      if (!this.#servers.all.includes(one.server)) {
        hosted?.host.leave();
        terminal?.dispose();
      } else if (info !== undefined) one.update(info);
    }
    this.#keepSoon();
  }

  #tell(): void {
    this.#changed.fire();
    this.#keepSoon();
  }

  #keepSoon(): void {
    if (this.#leaving) return;
    this.#timer ??= setTimeout(() => this.#keep(), KEEP_AFTER_MS);
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#leaving) return;
    this.#history.keep();
    const active = vscode.window.activeTerminal;
    const lasting = [...this.#open].filter(([, { forgotten, hosted }]) => !forgotten && !hosted);
    this.#memory.save(
      lasting.map(([one, { terminal }]) => ({
        url: one.server.entry.url,
        session: one.info,
        readOnly: one.readOnly,
        place: placeOf(one.title),
        active: terminal !== undefined && terminal === active,
        lastSeen: Math.floor(one.lastSeen / SEEN_GRAIN_MS) * SEEN_GRAIN_MS,
        ...(one.size ? { size: { columns: one.size.columns, rows: one.size.rows } } : {}),
      })),
    );
  }
}

/** `isTransient`: VS Code would restore a dead screen after a reload; ours come back from the server. */
export function terminalOptions(pty: SessionTerminal): vscode.ExtensionTerminalOptions {
  const options = { name: pty.title, pty, iconPath: new vscode.ThemeIcon('remote'), isTransient: true };
  // Newer than the oldest VS Code we support, which passes over it.
  return Object.assign(options, { shellIntegrationNonce: pty.nonce });
}

function ptyOf(terminal: vscode.Terminal): SessionTerminal | undefined {
  const pty = anyPty(terminal);
  if (pty instanceof SessionHost) return pty.remote;
  return pty instanceof SessionTerminal ? pty : undefined;
}

const anyPty = (terminal: vscode.Terminal): vscode.Pseudoterminal | undefined =>
  (terminal.creationOptions as Partial<vscode.ExtensionTerminalOptions>).pty;
