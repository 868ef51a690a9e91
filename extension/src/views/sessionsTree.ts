import type * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { inOrder, isAlive, isJob } from '../sessions/describe.ts';
import type { TreeNode } from './nodes.ts';
import { serverItem } from './serverItem.ts';
import { endedItem, sessionItem } from './sessionItem.ts';
import { SteadyTree } from './steadyTree.ts';

/** "busy for 12 s" and "not reachable for 12 s" have to move while nothing else does. */
const CLOCK_MS = 5_000;

/** Servers and, below them, the user's sessions. */
export class SessionsTree extends SteadyTree<TreeNode> {
  readonly #app: App;
  readonly #subscriptions: vscode.Disposable[];
  readonly #clock: NodeJS.Timeout;

  constructor(app: App) {
    super();
    this.#app = app;
    const refresh = (): void => this.refresh();
    this.#subscriptions = [app.servers.onDidChange(refresh), app.current.onDidChange(refresh)];
    this.#clock = setInterval(refresh, CLOCK_MS);
  }

  override dispose(): void {
    clearInterval(this.#clock);
    for (const one of this.#subscriptions) one.dispose();
    super.dispose();
  }

  protected itemOf(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'server') return serverItem(node.server, sessionsOf(node.server).length);
    if (node.kind === 'ended') return endedItem(node, endedOf(node.server).length);
    return sessionItem(node, this.#app.current.is(node.server, node.session.id));
  }

  protected idOf(node: TreeNode): string {
    const id = node.kind === 'session' ? `${node.session.id} ${isAlive(node.session)}` : node.kind;
    return `${node.server.entry.url} ${id}`;
  }

  protected rowsOf(node?: TreeNode): TreeNode[] {
    if (node === undefined) return this.#app.servers.all.map((server) => ({ kind: 'server', server }));
    if (node.kind === 'session') return [];
    const { server } = node;
    const rows = (sessions: readonly SessionInfo[]): TreeNode[] =>
      inOrder(sessions).map((session) => ({ kind: 'session', server, session }));
    if (node.kind === 'ended') return rows(endedOf(server));
    const ended: TreeNode[] = endedOf(server).length > 0 ? [{ kind: 'ended', server }] : [];
    return [...rows(sessionsOf(server).filter(isAlive)), ...ended];
  }
}

const sessionsOf = (server: ServerConnection): readonly SessionInfo[] =>
  server.sessions.filter((one) => !isJob(one));
const endedOf = (server: ServerConnection): readonly SessionInfo[] =>
  sessionsOf(server).filter((one) => !isAlive(one));
