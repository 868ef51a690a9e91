import * as vscode from 'vscode';
import type { SessionInfo, SessionState } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { isAlive, isJob } from './describe.ts';

const KEY = 'farside.current';

interface Chosen {
  readonly url: string;
  readonly session: string;
}

/** The session that code runs in, with what is known of it. */
export interface Current {
  readonly server: ServerConnection;
  readonly session: SessionInfo;
  readonly state: SessionState;
  /** The server does not answer at the moment; the session goes on there. */
  readonly offline: boolean;
  /** Since when, ms since 1970, where known. */
  readonly since?: number;
}

/** Remembers, for this workspace, which session code runs in. */
export class CurrentSession implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #servers: Servers;
  readonly #terminals: Terminals;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(memory: vscode.Memento, servers: Servers, terminals: Terminals) {
    this.#memory = memory;
    this.#servers = servers;
    this.#terminals = terminals;
    this.#subscriptions = [
      terminals.onDidChange(() => this.#changed.fire()),
      // The terminal in front is the session in hand.
      terminals.onDidActivate(({ server, info, readOnly }) => {
        if (!readOnly && !isJob(info)) this.set(server, info.id);
      }),
    ];
  }

  /** Undefined when none was chosen, or when it has ended. */
  get(): Current | undefined {
    const chosen = this.#memory.get<Chosen>(KEY);
    const server = chosen && this.#servers.byUrl(chosen.url);
    const session = server?.sessions.find((one) => one.id === chosen?.session);
    if (server === undefined || session === undefined || !isAlive(session)) return undefined;
    const live = this.#terminals.find(server, session.id);
    const state = live?.state ?? session.state;
    if (state.state === 'ended') return undefined;
    const down = server.state.kind === 'failed' ? server.state : undefined;
    const offline = live?.offline ?? server.state.kind !== 'ready';
    return { server, session, state, offline, since: live?.offlineSince ?? down?.since };
  }

  is(server: ServerConnection, session: string): boolean {
    const current = this.get();
    return current?.server === server && current.session.id === session;
  }

  set(server: ServerConnection, session: string): void {
    const old = this.#memory.get<Chosen>(KEY);
    if (old?.url === server.entry.url && old.session === session) return;
    void this.#memory.update(KEY, { url: server.entry.url, session } satisfies Chosen);
    this.#changed.fire();
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#changed.dispose();
  }
}
