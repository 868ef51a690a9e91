import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { ServerConnection } from './connection.ts';

const SIGN_IN = 'Sign In';

/** Says once that a sign-in has ended by itself, or that terminals of the last window wait for one. */
export function registerExpiryNotice(app: App): vscode.Disposable {
  const told = new Set<ServerConnection>();
  const look = (): void => {
    for (const server of app.servers.all) {
      const { state } = server;
      if (state.kind !== 'signedOut') told.delete(server);
      else if (!told.has(server) && (state.expired || waits(app, server))) {
        told.add(server);
        void tell(server);
      } else told.add(server);
    }
  };
  return vscode.Disposable.from(app.servers.onDidChange(look), app.terminals.onDidAttach(look));
}

/** A terminal that came back needs the sign-in; after signing out by hand none waits. */
const waits = (app: App, server: ServerConnection): boolean =>
  app.terminals.all.some((one) => one.server === server && !one.ended && !one.wasLive);

async function tell(server: ServerConnection): Promise<void> {
  const text = `Your sign-in at ${server.entry.name} has expired. Your sessions go on there; sign in again and you are where you were.`;
  const answer = await vscode.window.showWarningMessage(text, SIGN_IN);
  if (answer === SIGN_IN) await vscode.commands.executeCommand('farside.signIn', { kind: 'server', server });
}
