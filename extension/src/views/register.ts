import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { TreeNode } from './nodes.ts';
import { SessionsTree } from './sessionsTree.ts';

/** The Sessions view; its badge counts sessions in which R waits for an answer. */
export function registerSessionsView(app: App): vscode.Disposable {
  const tree = new SessionsTree(app);
  const view = vscode.window.createTreeView<TreeNode>('farside.sessions', { treeDataProvider: tree });
  const badge = (): void => {
    const waiting = app.servers.all
      .flatMap((server) => server.sessions)
      .filter((session) => session.state.state === 'waiting').length;
    view.badge =
      waiting === 0 ? undefined : { value: waiting, tooltip: `R waits for an answer in ${waiting}` };
  };
  return vscode.Disposable.from(tree, view, app.servers.onDidChange(badge));
}
