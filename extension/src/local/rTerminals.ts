import { join } from 'node:path';
import * as vscode from 'vscode';
import { locationOf, placeOf } from '../terminal/place.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { LocalMemory, type KeptLocal } from './memory.ts';
import { localFolder, localProgram, startableProgram } from './program.ts';
import { RTerminal } from './rTerminal.ts';
import { WORKSPACE_GONE } from './title.ts';

/** A burst of changes is kept once. */
const KEEP_AFTER_MS = 300;

/** The terminals of this window that have a local R. */
export class RTerminals implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #terminals: Terminals;
  readonly #memory: LocalMemory;
  readonly #open = new Map<RTerminal, vscode.Terminal | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;
  /** The window closes: what VS Code takes down now is to come back. */
  #leaving = false;

  constructor(context: vscode.ExtensionContext, terminals: Terminals) {
    this.#context = context;
    this.#terminals = terminals;
    this.#memory = new LocalMemory(context.workspaceState);
    this.#subscriptions = [
      vscode.window.onDidOpenTerminal((terminal) => {
        const made = ptyOf(terminal);
        if (made !== undefined && this.#open.has(made)) this.#open.set(made, terminal);
        this.#keepSoon();
      }),
      vscode.window.onDidCloseTerminal((terminal) => this.#closed(terminal)),
      vscode.window.onDidChangeActiveTerminal(() => this.#keepSoon()),
    ];
  }

  /** A new terminal with local R; says why when there can be none. */
  show(): void {
    const made = this.create();
    if (made !== undefined) this.#make(made).show(false);
  }

  /** For a terminal that VS Code makes itself, from the profile. */
  create(past: { note?: string; size?: vscode.TerminalDimensions } = {}): RTerminal | undefined {
    const program = startableProgram();
    if (program === undefined) return undefined;
    const made = new RTerminal({
      program,
      folder: localFolder(),
      profile: join(this.#context.extensionPath, 'extension', 'media', 'local', 'profile.R'),
      history: this.#terminals.history,
      onChange: () => this.#keepSoon(),
      ...past,
    });
    this.#open.set(made, undefined);
    return made;
  }

  /** Opens what the last window of this workspace had open, each with a new local R. */
  revive(): void {
    const kept = this.#memory.load();
    if (kept.length === 0 || !vscode.workspace.isTrusted || !('path' in localProgram())) return;
    for (const { place, active, size } of kept) {
      const made = this.create({ note: WORKSPACE_GONE, size });
      if (made !== undefined && active) this.#make(made, place).show(true);
      else if (made !== undefined) this.#make(made, place);
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

  #make(made: RTerminal, place: KeptLocal['place'] = { kind: 'panel' }): vscode.Terminal {
    const terminal = vscode.window.createTerminal({
      ...rTerminalOptions(made),
      location: locationOf(place),
    });
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
