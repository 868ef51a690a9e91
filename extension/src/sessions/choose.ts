import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { chooseServer, ready } from '../servers/choose.ts';
import { inOrder, isAlive, isJob, sessionDetail, stateLook } from './describe.ts';
import { startSession } from './start.ts';

export interface ChosenSession {
  readonly server: ServerConnection;
  readonly session: SessionInfo;
}

interface Row extends vscode.QuickPickItem {
  readonly chosen?: ChosenSession;
  readonly startOn?: ServerConnection;
}

/** The session code runs in; when none is chosen, a new one, or one of those there are. */
export async function ensureSession(app: App, uri?: vscode.Uri): Promise<ChosenSession | undefined> {
  const current = app.current.get();
  if (current !== undefined) return current;
  const server = await chooseServer(app);
  if (server === undefined) return undefined;
  if (server.sessions.some((one) => isAlive(one) && !isJob(one))) return chooseSession(app, server);
  return startSession(app, server, uri);
}

/** Lets the user choose among all sessions, or start one. */
export async function chooseSession(app: App, only?: ServerConnection): Promise<ChosenSession | undefined> {
  const server = only ?? (app.servers.all.length > 0 ? undefined : await chooseServer(app));
  const servers = server === undefined ? app.servers.all : [server];
  if (servers.length === 0) return undefined;
  const row = await vscode.window.showQuickPick<Row>(rows(servers), {
    title: 'Farside: Switch Session',
    placeHolder: 'The session that code runs in',
    matchOnDescription: true,
  });
  if (row?.chosen !== undefined) {
    app.current.set(row.chosen.server, row.chosen.session.id);
    return row.chosen;
  }
  if (row?.startOn === undefined) return undefined;
  return (await ready(app, row.startOn)) ? startSession(app, row.startOn) : undefined;
}

/** Lets the user choose among the sessions there are, without starting one. */
export async function chooseAny(
  app: App,
  placeHolder: string,
  fits: (session: SessionInfo) => boolean,
): Promise<ChosenSession | undefined> {
  const rows = app.servers.all.flatMap((server) =>
    inOrder(server.sessions)
      .filter((one) => fits(one) && !isJob(one))
      .map((session) => sessionRow(server, session)),
  );
  if (rows.length === 0) return void vscode.window.showInformationMessage('There is no such session.');
  return (await vscode.window.showQuickPick(rows, { title: 'Farside', placeHolder }))?.chosen;
}

const sessionRow = (server: ServerConnection, session: SessionInfo): Row & { chosen: ChosenSession } => ({
  label: session.name,
  description: sessionDetail(session, Date.now()),
  iconPath: new vscode.ThemeIcon(stateLook(session.state).icon),
  chosen: { server, session },
});

function rows(servers: readonly ServerConnection[]): Row[] {
  return servers.flatMap((server): Row[] => [
    { label: server.entry.name, kind: vscode.QuickPickItemKind.Separator },
    ...server.sessions
      .filter((one) => isAlive(one) && !isJob(one))
      .map((session) => sessionRow(server, session)),
    {
      label: `New session on ${server.entry.name}`,
      iconPath: new vscode.ThemeIcon('add'),
      startOn: server,
    },
  ]);
}
