import * as vscode from 'vscode';
import type { App } from './app.ts';
import { registerCommands } from './commands/register.ts';
import { Help } from './help/help.ts';
import { registerJobs } from './jobs/register.ts';
import { registerJournals } from './journal/register.ts';
import { registerLocalR } from './local/register.ts';
import { RTerminals } from './local/rTerminals.ts';
import { registerPlots } from './plots/register.ts';
import { registerExpiryNotice } from './servers/expiryNotice.ts';
import { registerAccountWatch } from './servers/microsoft.ts';
import { Servers } from './servers/servers.ts';
import { CurrentSession } from './sessions/current.ts';
import { Interrupts } from './sessions/interrupts.ts';
import { registerShownDocuments } from './show/register.ts';
import { SessionShows } from './show/shows.ts';
import { registerSnapshots } from './snapshots/register.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import { registerFileLinks } from './terminal/linkProvider.ts';
import { registerTerminalProfile } from './terminal/profile.ts';
import { Terminals } from './terminal/terminals.ts';
import { registerInterruptButton } from './views/interruptButton.ts';
import { registerSessionsView } from './views/register.ts';
import { registerStatusBar } from './views/statusBar.ts';

/** Makes the parts, connects them, and leaves the rest to events: nothing here waits for a server. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Farside', { log: true });
  const servers = new Servers(context);
  const help = new Help(context.extensionUri);
  const terminals = new Terminals(context, servers, log, new SessionShows(help));
  const rTerminals = new RTerminals(context, servers, terminals);
  const current = new CurrentSession(context.workspaceState, servers, terminals);
  const interrupts = new Interrupts(servers, terminals);
  const journals = registerJournals(servers);
  const snapshots = new Snapshots(context.extensionUri, servers);
  const app: App = {
    context,
    log,
    servers,
    current,
    terminals,
    rTerminals,
    interrupts,
    journals: journals.files,
    help,
    snapshots,
  };
  context.subscriptions.push(
    log,
    servers,
    terminals,
    rTerminals,
    current,
    interrupts,
    journals.registered,
    help,
    registerSnapshots(snapshots),
    registerShownDocuments(servers),
    registerCommands(app),
    registerSessionsView(app),
    registerJobs(app),
    registerStatusBar(app),
    registerInterruptButton(app),
    registerTerminalProfile(app),
    registerLocalR(rTerminals),
    registerFileLinks(app),
    registerPlots(app),
    registerExpiryNotice(app),
    registerAccountWatch(app),
  );
  terminals.revive();
  rTerminals.revive();
}
