import * as vscode from 'vscode';
import type { Snapshots } from './snapshots.ts';

/** The tab with the list, also after a reload. Its commands are in commands/. */
export const registerSnapshots = (snapshots: Snapshots): vscode.Disposable =>
  vscode.Disposable.from(snapshots, snapshots.panel.revives());
