import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { inOrder, isAlive, sessionDetail, stateLook } from '../sessions/describe.ts';
import { serverItem } from './serverItem.ts';

/** What a command gets when it is started from the tree. */
export type TreeNode =
  | { readonly kind: 'server'; readonly server: ServerConnection }
  | { readonly kind: 'session'; readonly server: ServerConnection; readonly session: SessionInfo };

/** "busy for 12 s" has to move while nothing else does. */
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
    return node.kind === 'server' ? serverItem(node.server) : this.#sessionItem(node);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return this.#app.servers.all.map((server) => ({ kind: 'server', server }));
    if (node.kind === 'session') return [];
    const { server } = node;
    return inOrder(server.sessions).map((session) => ({ kind: 'session', server, session }));
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const one of this.#subscriptions) one.dispose();
    this.#changed.dispose();
  }

  #anyBusy(): boolean {
    return this.#app.servers.all.some((s) => s.sessions.some((one) => one.state.state === 'busy'));
  }

  #sessionItem({ server, session }: TreeNode & { kind: 'session' }): vscode.TreeItem {
    const current = this.#app.current.is(server, session.id);
    const look = stateLook(session.state);
    const item = new vscode.TreeItem(session.name);
    item.id = `${server.entry.url} ${session.id}`;
    item.description = sessionDetail(session, Date.now(), current);
    item.iconPath = new vscode.ThemeIcon(look.icon, iconColor(session));
    item.contextValue = `session.${contextOf(session)}`;
    item.tooltip = tooltip(session);
    item.accessibilityInformation = { label: `${session.name}, ${item.description}` };
    item.command = {
      command: 'farside.openTerminal',
      title: 'Open Terminal',
      arguments: [{ kind: 'session', server, session }],
    };
    return item;
  }
}

function contextOf(session: SessionInfo): 'busy' | 'idle' | 'ended' {
  if (!isAlive(session)) return 'ended';
  return session.state.state === 'busy' ? 'busy' : 'idle';
}

function iconColor({ state }: SessionInfo): vscode.ThemeColor | undefined {
  if (state.state === 'idle') return new vscode.ThemeColor('testing.iconPassed');
  if (state.state === 'waiting') return new vscode.ThemeColor('list.warningForeground');
  return undefined;
}

function tooltip(session: SessionInfo): vscode.MarkdownString {
  const rows: string[] = [`**${session.name}**`, `Working directory: \`${session.workdir}\``];
  if (session.hello)
    rows.push(`R ${session.hello.rVersion}, ${session.hello.platform}, process ${session.hello.pid}`);
  if (session.state.state === 'ended') rows.push(session.state.final.message);
  if (session.state.state === 'waiting') rows.push(`R asks: ${session.state.text}`);
  return new vscode.MarkdownString(rows.join('\n\n'));
}
