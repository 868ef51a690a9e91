import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { guarded } from '../ui/errors.ts';
import { COMMANDS } from './table.ts';
import { namedServer } from './target.ts';

/** Registers the table; whatever a command throws is shown in one place. */
export function registerCommands(app: App): vscode.Disposable {
  const registered = COMMANDS.map(({ id, run }) =>
    vscode.commands.registerCommand(id, (...args: unknown[]) =>
      guarded(app, () => run(app, ...args), namedServer(app, args[0])),
    ),
  );
  return vscode.Disposable.from(...registered);
}
