import * as vscode from 'vscode';
import { rTerminalOptions, type RTerminals } from './rTerminals.ts';

/** "Local R (Farside)" in the menu of new terminals. */
export function registerLocalR(terminals: RTerminals): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('farside.local', {
    provideTerminalProfile: () => {
      const made = terminals.create();
      return made && new vscode.TerminalProfile(rTerminalOptions(made));
    },
  });
}
