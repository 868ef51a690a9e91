import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Servers } from '../servers/servers.ts';
import { locationOf, placeOf } from '../terminal/place.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { Handover } from './handover.ts';
import { handlersFor } from './handlers.ts';
import { offerPackage } from './package.ts';
import { LocalMemory, type KeptLocal } from './memory.ts';
import { localFolder, localProgram, startableProgram } from './program.ts';
import { RTerminal, type RTerminalHost } from './rTerminal.ts';
import { SignIns } from './signIns.ts';
import { WORKSPACE_GONE } from './title.ts';

/** A burst of changes is kept once. */
const KEEP_AFTER_MS = 300;

/** The terminals of this window that have a local R. */
export class RTerminals implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #servers: Servers;
  readonly #terminals: Terminals;
  readonly #memory: LocalMemory;
  readonly #open = new Map<RTerminal, vscode.Terminal | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;
  /** The window closes: what VS Code takes down now is to come back. */
  #leaving = false;

  constructor(context: vscode.ExtensionContext, servers: Servers, terminals: Terminals) {
    this.#context = context;
    this.#servers = servers;
    this.#terminals = terminals;
    this.#memory = new LocalMemory(context.workspaceState);
    this.#subscriptions = [
      vscode.window.onDidOpenTerminal((terminal) => {
        const made = ptyOf(terminal);
        if (made !== undefined && this.#open.has(made)) this.#open.set(made, terminal);
        this.#keepSoon();
      }),
      vscode.window.onDidCloseTerminal((terminal) => this.#closed(terminal)),
      vscode.window.onDidChangeActiveTerminal(() => this.#tell()),
    ];
  }

  /** The one in front. */
  get active(): RTerminal | undefined {
    const { activeTerminal } = vscode.window;
    return activeTerminal && ptyOf(activeTerminal);
  }

  /** A new terminal with local R; says why when there can be none. */
  show(): RTerminal | undefined {
    const made = this.create();
    if (made !== undefined) this.#make(made).show(false);
    return made;
  }

  /** For a terminal that VS Code makes itself, from the profile. */
  create(past: { note?: string; size?: vscode.TerminalDimensions } = {}): RTerminal | undefined {
    const program = startableProgram();
    if (program === undefined) return undefined;
    const signIns = new SignIns(this.#servers);
    const handover = new Handover(() => handlersFor(made, signIns, this.#terminals));
    const made: RTerminal = new RTerminal({
      program,
      folder: localFolder(),
      profile: join(this.#context.extensionPath, 'extension', 'media', 'local', 'profile.R'),
      history: this.#terminals.history,
      env: () => handover.start(),
      onDispose: () => handover.dispose(),
      host: this.#host(() => made, signIns),
      ...past,
    });
    this.#open.set(made, undefined);
    return made;
  }

  /** Opens what the last window of this workspace had open, each with a new local R. */
  revive(): void {
    const able = vscode.workspace.isTrusted && 'path' in localProgram();
    for (const { place, active, size, remote } of this.#memory.load()) {
      const server = remote && this.#servers.byUrl(remote.url);
      if (!able) {
        if (server) this.#terminals.show(server, remote.session, { preserveFocus: true });
        continue;
      }
      const made = this.create({ note: WORKSPACE_GONE, size });
      if (made === undefined) continue;
      const terminal = this.#make(made, place);
      if (active) terminal.show(true);
      if (server === undefined || remote === undefined) continue;
      made.setRemote(server, remote.session);
      if (remote.shown) made.enterAtPrompt();
    }
  }

  dispose(): void {
    this.#keep();
    this.#leaving = true;
    for (const one of this.#subscriptions) one.dispose();
    for (const [made, terminal] of this.#open) {
      terminal?.dispose();
      made.close();
    }
  }

  #host(self: () => RTerminal, signIns: SignIns): RTerminalHost {
    return {
      terminal: () => this.#open.get(self()),
      host: (server, info, hosted) => this.#terminals.create(server, info, { hosted }),
      release: (remote) => this.#terminals.release(remote),
      onExit: () => void signIns.end(),
      onChange: () => this.#tell(),
      onWithoutPackage: () => offerPackage(this.#context),
      onClosed: () => signIns.last?.dispose(),
    };
  }

  #make(made: RTerminal, place: KeptLocal['place'] = { kind: 'panel' }): vscode.Terminal {
    const options = { ...rTerminalOptions(made), location: locationOf(place) };
    const terminal = vscode.window.createTerminal(options);
    this.#open.set(made, terminal);
    return terminal;
  }

  #closed(terminal: vscode.Terminal): void {
    const made = ptyOf(terminal);
    if (made === undefined) return;
    if (terminal.exitStatus?.reason === vscode.TerminalExitReason.Shutdown) this.#leaving = true;
    if (this.#leaving) return;
    this.#open.delete(made);
    this.#keep();
  }

  /** The target of the terminal in front may be another one. */
  #tell(): void {
    const { active } = this;
    const context = (key: string, value: boolean): void =>
      void vscode.commands.executeCommand('setContext', `farside.${key}`, value);
    context('rTerminalActive', active !== undefined);
    context('rTerminalRemote', active?.isRemote === true);
    context('rTerminalPaused', active?.remote !== undefined && !active.isRemote);
    this.#terminals.noteActive();
    this.#keepSoon();
  }

  #keepSoon(): void {
    if (!this.#leaving) this.#timer ??= setTimeout(() => this.#keep(), KEEP_AFTER_MS);
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#leaving) return;
    const active = vscode.window.activeTerminal;
    this.#memory.save(
      [...this.#open].map(([made, terminal]) => ({
        place: placeOf(made.title),
        active: terminal !== undefined && terminal === active,
        ...(made.size ? { size: { columns: made.size.columns, rows: made.size.rows } } : {}),
        ...(made.remote && !made.remote.ended
          ? {
              remote: {
                url: made.remote.server.entry.url,
                session: made.remote.info,
                shown: made.isRemote,
              },
            }
          : {}),
      })),
    );
  }
}

/** `isTransient`: VS Code would restore a dead screen after a reload. */
export function rTerminalOptions(pty: RTerminal): vscode.ExtensionTerminalOptions {
  const options = { name: pty.title, pty, iconPath: new vscode.ThemeIcon('terminal'), isTransient: true };
  // Newer than the oldest VS Code we support, which passes over it.
  return Object.assign(options, { shellIntegrationNonce: pty.nonce });
}

function ptyOf(terminal: vscode.Terminal): RTerminal | undefined {
  const { pty } = terminal.creationOptions as Partial<vscode.ExtensionTerminalOptions>;
  return pty instanceof RTerminal ? pty : undefined;
}
