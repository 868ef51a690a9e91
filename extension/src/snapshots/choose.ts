import * as vscode from 'vscode';
import { FarsideError, type SessionInfo, type SnapshotDetail } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { chooseServer } from '../servers/choose.ts';
import { inOrder, isAlive, isJob, sessionDetail, stateLook } from '../sessions/describe.ts';
import { whenText } from '../ui/tooltip.ts';
import { createdAt, snapshotDetail } from './describe.ts';

export interface ChosenSnapshot {
  readonly server: ServerConnection;
  readonly snapshot: SnapshotDetail;
}

/** What the page of snapshots hands to a command. */
export interface NamedSnapshot {
  readonly server: ServerConnection;
  readonly snapshotId: string;
}

/** The snapshot that the page names; it may have been deleted since. @throws FarsideError `noSuchSnapshot` */
export async function namedSnapshot({ server, snapshotId }: NamedSnapshot): Promise<ChosenSnapshot> {
  const all = await server.client.call('snapshots');
  const snapshot = all.find(({ id }) => id === snapshotId);
  if (snapshot === undefined) throw new FarsideError('noSuchSnapshot', { snapshot: snapshotId });
  return { server, snapshot };
}

/** A snapshot, chosen by the user, the newest first. Undefined when there is none or the user stops. @throws FarsideError */
export async function chooseSnapshot(
  app: App,
  title: string,
  only?: ServerConnection,
): Promise<ChosenSnapshot | undefined> {
  const server = only ?? (await chooseServer(app));
  if (server === undefined) return undefined;
  const all = await server.client.call('snapshots');
  if (all.length === 0) {
    void vscode.window.showInformationMessage(`There are no snapshots on ${server.entry.name}.`);
    return undefined;
  }
  const rows = all.reverse().map((snapshot) => ({
    label: snapshot.name,
    description: snapshotDetail(snapshot),
    detail: whenText(createdAt(snapshot)),
    iconPath: new vscode.ThemeIcon('archive'),
    snapshot,
  }));
  const options = { title, placeHolder: `Snapshot on ${server.entry.name}`, matchOnDescription: true };
  const row = await vscode.window.showQuickPick(rows, options);
  return row && { server, snapshot: row.snapshot };
}

/** Where a snapshot goes: a session that runs, or `'new'`. The one in hand comes first. */
export async function chooseTarget(
  app: App,
  server: ServerConnection,
  title: string,
): Promise<SessionInfo | 'new' | undefined> {
  const running = inOrder(server.sessions).filter((one) => isAlive(one) && !isJob(one));
  const isCurrent = (one: SessionInfo): boolean => app.current.is(server, one.id);
  const now = Date.now();
  const rows = [...running.filter(isCurrent), ...running.filter((one) => !isCurrent(one))].map((session) => ({
    label: session.name,
    description: sessionDetail(session, now, isCurrent(session)),
    iconPath: new vscode.ThemeIcon(stateLook(session.state).icon),
    target: session as SessionInfo | 'new',
  }));
  const iconPath = new vscode.ThemeIcon('add');
  rows.push({ label: 'New session', description: 'that begins with it', iconPath, target: 'new' });
  const placeHolder = 'Session that gets the objects, files and packages';
  return (await vscode.window.showQuickPick(rows, { title, placeHolder }))?.target;
}
