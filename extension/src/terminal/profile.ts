import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { chooseServer } from '../servers/choose.ts';
import type { ChosenSession } from '../sessions/choose.ts';
import { startSession } from '../sessions/start.ts';
import { guarded } from '../ui/errors.ts';
import { terminalOptions } from './terminals.ts';

/** "REMOTE> (Farside)" in the menu of new terminals. */
export function registerTerminalProfile(app: App): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('farside.remote', {
    provideTerminalProfile: async () => {
      const chosen = await guarded(app, () => sessionForNewTerminal(app));
      if (chosen === undefined) return undefined;
      const { server, session } = chosen;
      return new vscode.TerminalProfile(terminalOptions(app.terminals.create(server, session)));
    },
  });
}

/** The current session when no terminal shows it yet, else a new one: a session has one terminal in a window. */
async function sessionForNewTerminal(app: App): Promise<ChosenSession | undefined> {
  const current = app.current.get();
  if (current !== undefined && !app.terminals.find(current.server, current.session.id)) return current;
  const server = await chooseServer(app);
  return server && startSession(app, server);
}
