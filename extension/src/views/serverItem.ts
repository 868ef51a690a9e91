import * as vscode from 'vscode';
import type { ServerConnection } from '../servers/connection.ts';

/** The row of a server: its name, how things stand, and what a click does about it. */
export function serverItem(server: ServerConnection): vscode.TreeItem {
  const { state, entry } = server;
  const item = new vscode.TreeItem(entry.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = entry.url;
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
      item.description = 'not signed in';
      item.collapsibleState = vscode.TreeItemCollapsibleState.None;
      item.command = { command: 'farside.signIn', title: 'Sign In', arguments: [node] };
      break;
    case 'failed':
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.description = 'not reachable';
      item.tooltip = `${entry.url}\n${state.error.text}`;
      break;
    case 'ready':
      item.iconPath = new vscode.ThemeIcon('server');
      item.description = server.sessions.length === 0 ? 'no sessions' : '';
      if (server.sessions.length === 0) item.collapsibleState = vscode.TreeItemCollapsibleState.None;
      break;
  }
  return item;
}
