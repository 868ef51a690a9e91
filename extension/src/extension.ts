import * as vscode from 'vscode';
import type { App } from './app.ts';
import { registerCommands } from './commands/register.ts';
import { registerPlots } from './plots/register.ts';
import { Servers } from './servers/servers.ts';
import { CurrentSession } from './sessions/current.ts';
import { registerFileLinks } from './terminal/linkProvider.ts';
import { registerTerminalProfile } from './terminal/profile.ts';
import { Terminals } from './terminal/terminals.ts';
import { registerSessionsView } from './views/register.ts';
import { registerStatusBar } from './views/statusBar.ts';

/** Makes the parts, connects them, and leaves the rest to events: nothing here waits for a server. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Farside', { log: true });
  const servers = new Servers(context);
  const terminals = new Terminals(context, servers, log);
  const current = new CurrentSession(context.workspaceState, servers, terminals);
  const app: App = { context, log, servers, current, terminals };
  context.subscriptions.push(
    log,
    servers,
    terminals,
    current,
    registerCommands(app),
    registerSessionsView(app),
    registerStatusBar(app),
    registerTerminalProfile(app),
    registerFileLinks(app),
    registerPlots(app),
  );
}
