import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { inOrder, isAlive, isJob } from '../sessions/describe.ts';
import type { TreeNode } from './nodes.ts';
import { serverItem } from './serverItem.ts';
import { endedItem, sessionItem } from './sessionItem.ts';

/** "busy for 12 s" and "not reachable for 12 s" have to move while nothing else does. */
const BUSY_REFRESH_MS = 5_000;

/** Servers and, below them, the user's sessions. */
export class SessionsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];
  readonly #clock: NodeJS.Timeout;

  constructor(app: App) {
    this.#app = app;
    const refresh = (): void => this.#changed.fire();
    this.#subscriptions = [app.servers.onDidChange(refresh), app.current.onDidChange(refresh)];
    this.#clock = setInterval(() => {
      if (this.#anyBusy()) refresh();
    }, BUSY_REFRESH_MS);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'server') return serverItem(node.server, sessionsOf(node.server).length);
    if (node.kind === 'ended') return endedItem(node, endedOf(node.server).length);
    const { server, session } = node;
    return sessionItem(node, this.#app.current.is(server, session.id));
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return this.#app.servers.all.map((server) => ({ kind: 'server', server }));
    if (node.kind === 'session') return [];
    const { server } = node;
    const rows = (sessions: readonly SessionInfo[]): TreeNode[] =>
      inOrder(sessions).map((session) => ({ kind: 'session', server, session }));
    if (node.kind === 'ended') return rows(endedOf(server));
    const ended: TreeNode[] = endedOf(server).length > 0 ? [{ kind: 'ended', server }] : [];
    return [...rows(sessionsOf(server).filter(isAlive)), ...ended];
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const one of this.#subscriptions) one.dispose();
    this.#changed.dispose();
  }

  #anyBusy(): boolean {
    return this.#app.servers.all.some(
      (s) => s.state.kind === 'failed' || s.sessions.some((one) => one.state.state === 'busy'),
    );
  }
}

const sessionsOf = (server: ServerConnection): readonly SessionInfo[] =>
  server.sessions.filter((one) => !isJob(one));
const endedOf = (server: ServerConnection): readonly SessionInfo[] =>
  sessionsOf(server).filter((one) => !isAlive(one));
