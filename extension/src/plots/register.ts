import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { Plots } from './plots.ts';
import type { TreeNode } from '../views/nodes.ts';

/** The plots tab and its command; plots appear by themselves without taking the focus. */
export function registerPlots(app: App): vscode.Disposable {
  const plots = new Plots(app);
  return vscode.Disposable.from(
    plots,
    vscode.commands.registerCommand('farside.showPlots', (node?: TreeNode) =>
      node?.kind === 'session' ? plots.show(node.server, node.session) : plots.show(),
    ),
    plots.panel.revives(),
  );
}
