import * as vscode from 'vscode';
import { isJobOver, type SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { InterruptLadder, type Rung } from './ladder.ts';

/** Interrupts of all sessions, from any place of this window, up one ladder. */
export class Interrupts implements vscode.Disposable {
  readonly #servers: Servers;
  readonly #terminals: Terminals;
  readonly #ladder = new InterruptLadder();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(servers: Servers, terminals: Terminals) {
    this.#servers = servers;
    this.#terminals = terminals;
    const look = (): void => this.#forgetWhatStopped();
    this.#subscriptions = [servers.onDidChange(look), terminals.onDidChange(look)];
  }

  /** What an interrupt would do now. */
  next(server: ServerConnection, session: string): Rung {
    return this.#ladder.next(keyOf(server, session), this.#seen(server, session));
  }

  /**
   * Interrupts R. Answers `end` when nothing was sent because it was tried twice: the user is to be asked.
   * @throws FarsideError when the server can not be reached
   */
  async interrupt(server: ServerConnection, { id }: Pick<SessionInfo, 'id'>): Promise<Rung | undefined> {
    const rung = this.#ladder.climb(keyOf(server, id), this.#seen(server, id));
    this.#changed.fire();
    if (rung === undefined || rung === 'end') return rung;
    const level = rung === 'interrupt' ? 1 : 2;
    const terminal = this.#terminals.find(server, id);
    if (terminal?.link.status.state === 'live' && !terminal.readOnly) terminal.link.interrupt(level);
    else await server.client.call('interruptSession', { params: { id }, body: { level } });
    return rung;
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#changed.dispose();
  }

  #seen(server: ServerConnection, session: string): number {
    return this.#terminals.find(server, session)?.interrupts ?? 0;
  }

  #forgetWhatStopped(): void {
    const busy = new Set<string>();
    for (const server of this.#servers.all) {
      for (const { id, state } of server.sessions) {
        const now = this.#terminals.find(server, id)?.state ?? state;
        if (now.state !== 'idle' && now.state !== 'ended') busy.add(keyOf(server, id));
      }
      for (const job of server.jobs) if (!isJobOver(job.state)) busy.add(keyOf(server, job.session));
    }
    const stopped = this.#ladder.sessions.filter((key) => !busy.has(key) && this.#ladder.reset(key));
    if (stopped.length > 0) this.#changed.fire();
  }
}

const keyOf = (server: ServerConnection, session: string): string => `${server.entry.url} ${session}`;
