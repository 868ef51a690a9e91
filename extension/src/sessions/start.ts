import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { projectFor } from '../run/project.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import type { ChosenSession } from './choose.ts';
import { isAlive } from './describe.ts';

/** Starts a session in the remote folder of the workspace folder at hand, and makes it the current one. */
export function startSession(
  app: App,
  server: ServerConnection,
  uri: vscode.Uri | undefined = vscode.window.activeTextEditor?.document.uri,
): Promise<ChosenSession> {
  return withCancel(`Starting R on ${server.entry.name}…`, async (signal) => {
    const project = projectFor(app, server, uri);
    const folder = await project?.sync.folder(signal);
    const taken = server.sessions.filter(isAlive).map((session) => session.name);
    const body = { name: freeName(project?.name ?? 'R', taken), folderId: folder?.id };
    const session = await server.client.call('startSession', { body, signal });
    await server.refresh();
    app.current.set(server, session.id);
    return { server, session };
  });
}

/** "analysis", then "analysis 2", "analysis 3" …: names are for people and may repeat only over time. */
export function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted} ${n}`;
  return name;
}
