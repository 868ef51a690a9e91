import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import { isAlive } from './describe.ts';
import { freeName } from './start.ts';

/** Starts a new session in the folder of one that has ended, with its saved objects if there are any. @throws FarsideError */
export async function restartSession(app: App, server: ServerConnection, ended: SessionInfo): Promise<void> {
  const session = await withCancel(`Starting R again for “${ended.name}”…`, (signal) => {
    const taken = server.sessions.filter(isAlive).map((one) => one.name);
    const body = { name: freeName(ended.name, taken), folderId: ended.folderId, restore: ended.id };
    return server.client.call('startSession', { body, signal });
  });
  await server.refresh();
  app.current.set(server, session.id);
  app.terminals.replace(server, ended.id, session);
}
