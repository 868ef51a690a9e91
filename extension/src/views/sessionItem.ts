import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import { isAlive, sessionDetail, stateLook } from '../sessions/describe.ts';
import { sessionRows } from '../sessions/tooltip.ts';
import { rowsTooltip, whenText } from '../ui/tooltip.ts';
import type { TreeNode } from './nodes.ts';

/** The row of a session; `current`: code of the editor runs in it. */
export function sessionItem(node: TreeNode & { kind: 'session' }, current: boolean): vscode.TreeItem {
  const { server, session } = node;
  const item = new vscode.TreeItem(session.name);
  const now = Date.now();
  item.id = `${server.entry.url} ${session.id}`;
  // While the server does not answer, this is what it said last.
  const known = server.state.kind === 'failed' ? 'was ' : '';
  item.description = known + sessionDetail(session, now, current);
  item.iconPath = new vscode.ThemeIcon(stateLook(session.state).icon, iconColor(session));
  item.contextValue = `session.${contextOf(session)}`;
  item.tooltip = rowsTooltip(session.name, sessionRows(session, now, whenText));
  item.accessibilityInformation = { label: `${session.name}, ${item.description}` };
  item.command = { command: 'farside.openTerminal', title: 'Open Terminal', arguments: [node, 'asItIs'] };
  return item;
}

/** The row above the sessions that have ended. */
export function endedItem({ server }: TreeNode & { kind: 'ended' }, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem('Ended', vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${server.entry.url} ended`;
  item.description = String(count);
  item.contextValue = 'ended';
  item.tooltip =
    'Sessions that have ended: their output can be read, and a new one started in the same folder.';
  item.accessibilityInformation = { label: `Ended sessions, ${count}` };
  return item;
}

function contextOf(session: SessionInfo): 'busy' | 'idle' | 'ended' {
  if (!isAlive(session)) return 'ended';
  return session.state.state === 'busy' ? 'busy' : 'idle';
}

function iconColor({ state }: SessionInfo): vscode.ThemeColor | undefined {
  switch (state.state) {
    case 'idle':
      return new vscode.ThemeColor('testing.iconPassed');
    case 'waiting':
      return new vscode.ThemeColor('list.warningForeground');
    case 'ended':
      return new vscode.ThemeColor(
        stateLook(state).icon === 'error' ? 'list.errorForeground' : 'disabledForeground',
      );
    default:
      return undefined;
  }
}
