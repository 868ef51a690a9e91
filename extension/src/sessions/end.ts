import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';

const SAVE = 'Save Workspace and End';
const WITHOUT = 'End Without Saving';

/** Why the user is asked: `wish` ended it by hand, `stuck`: R did not stop when it was interrupted. */
export type EndReason = 'wish' | 'stuck';

/** Asks whether to end R, with or without its objects, and ends it. @throws FarsideError */
export async function askAndEnd(
  server: ServerConnection,
  session: SessionInfo,
  reason: EndReason,
): Promise<void> {
  const stuck = reason === 'stuck';
  const question = stuck
    ? `R did not stop in “${session.name}”. End R?`
    : `End the session “${session.name}” on ${server.entry.name}?`;
  const detail = stuck
    ? 'Files and the whole output are kept. R saves its objects first if it still can; then a new session in the same folder has them again.'
    : 'Files on the server and the whole output are kept. Saved objects are there again when a new session is started in the same folder.';
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, SAVE, WITHOUT);
  if (answer === undefined) return;
  await withCancel(`Ending “${session.name}”…`, (signal) =>
    server.client.call('endSession', {
      params: { id: session.id },
      body: answer === SAVE ? { saveWorkspace: true } : { force: stuck ? true : undefined },
      signal,
    }),
  );
  await server.refresh();
}
