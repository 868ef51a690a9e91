import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { namedServer } from './target.ts';

/** The server a command was started on, or a choice among all, whatever their state. */
export async function pickServer(
  app: App,
  node: unknown,
  placeHolder: string,
): Promise<ServerConnection | undefined> {
  const named = namedServer(app, node);
  if (node !== undefined || app.servers.all.length <= 1) return named;
  const rows = app.servers.all.map((server) => ({
    label: server.entry.name,
    description: server.entry.url,
    server,
  }));
  return (await vscode.window.showQuickPick(rows, { title: 'Farside', placeHolder }))?.server;
}
