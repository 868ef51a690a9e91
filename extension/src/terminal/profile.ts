import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { chooseSession } from '../sessions/choose.ts';
import { guarded } from '../ui/errors.ts';
import { terminalOptions } from './terminals.ts';

/** "REMOTE> (Farside)" in the menu of new terminals. */
export function registerTerminalProfile(app: App): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('farside.remote', {
    provideTerminalProfile: async () => {
      const chosen = await guarded(app, () => chooseSession(app));
      if (chosen === undefined) return undefined;
      const { server, session } = chosen;
      if (app.terminals.find(server, session.id)) {
        app.terminals.show(server, session, false);
        return undefined;
      }
      return new vscode.TerminalProfile(terminalOptions(app.terminals.create(server, session)));
    },
  });
}
