import * as vscode from 'vscode';
import { VIEW_TYPE } from './panel.ts';
import type { Snapshots } from './snapshots.ts';

/** The tab with the list, also after a reload. Its commands are in commands/. */
export function registerSnapshots(snapshots: Snapshots): vscode.Disposable {
  return vscode.Disposable.from(
    snapshots,
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel(panel) {
        snapshots.panel.adopt(panel);
        return Promise.resolve();
      },
    }),
  );
}
