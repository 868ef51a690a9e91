import * as vscode from 'vscode';
import { duration } from '../sessions/describe.ts';
import type { ServerConnection } from '../servers/connection.ts';

/** The row of a server: its name, how things stand, and what a click does about it. */
export function serverItem(server: ServerConnection, sessions: number): vscode.TreeItem {
  const { state, entry } = server;
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = entry.guest ? `${entry.url} guest` : entry.url;
  item.tooltip = entry.url;
  item.contextValue = `server.${state.kind}`;
  const node = { kind: 'server', server };
  switch (state.kind) {
    case 'unknown':
    case 'connecting':
      item.iconPath = new vscode.ThemeIcon('loading~spin');
      item.description = 'connecting';
      break;
    case 'signedOut':
      item.iconPath = new vscode.ThemeIcon('server');
      item.description = state.expired ? 'sign-in expired' : 'not signed in';
      item.collapsibleState = vscode.TreeItemCollapsibleState.None;
      item.command = { command: 'farside.signIn', title: 'Sign In', arguments: [node] };
      break;
    case 'failed':
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.description = `not reachable for ${duration(Date.now() - state.since)}`;
      item.tooltip = `${entry.url}\n${state.error.text}\nFarside tries again by itself; sessions go on there.`;
      break;
    case 'ready':
      item.iconPath = new vscode.ThemeIcon('server');
      item.description = [entry.guest ? 'this window' : '', sessions === 0 ? 'no sessions' : '']
        .filter((word) => word !== '')
        .join(', ');
      if (sessions === 0) item.collapsibleState = vscode.TreeItemCollapsibleState.None;
      break;
  }
  return item;
}
