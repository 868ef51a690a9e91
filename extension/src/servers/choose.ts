import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { ServerConnection } from './connection.ts';
import { addServer, signIn } from './dialogs.ts';

/** A server that answers and knows us: asks for what is missing on the way. Undefined when the user stops. */
export async function chooseServer(app: App): Promise<ServerConnection | undefined> {
  const server = await pick(app);
  if (server === undefined) return undefined;
  return (await ready(app, server)) ? server : undefined;
}

/** Brings a server to the state in which sessions can be started. */
export async function ready(app: App, server: ServerConnection): Promise<boolean> {
  if (server.state.kind !== 'ready' && server.state.kind !== 'signedOut') await server.refresh();
  if (server.state.kind === 'failed') throw server.state.error;
  if (server.state.kind === 'signedOut') return signIn(app, server);
  return server.state.kind === 'ready';
}

async function pick(app: App): Promise<ServerConnection | undefined> {
  const { all } = app.servers;
  if (all.length === 0) return offerToAdd(app);
  if (all.length === 1) return all[0];
  const current = app.current.get()?.server;
  const rows = all.map((server) => ({
    label: server.entry.name,
    description: server.entry.url,
    server,
    iconPath: new vscode.ThemeIcon('server'),
    picked: server === current,
  }));
  const row = await vscode.window.showQuickPick(rows, { title: 'Farside', placeHolder: 'Server' });
  return row?.server;
}

async function offerToAdd(app: App): Promise<ServerConnection | undefined> {
  const add = 'Add Server…';
  const text = 'Farside has no server yet. Add the address of one to run R there.';
  const answer = await vscode.window.showInformationMessage(text, add);
  return answer === add ? addServer(app) : undefined;
}
