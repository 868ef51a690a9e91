import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import { isAlive, isJob } from '../sessions/describe.ts';
import type { Command } from './command.ts';
import { endedOf, nodeOf } from './target.ts';

/** Removes one session that has ended, or all of a server. */
export const removeSession: Command = {
  id: 'farside.removeSession',
  run: async (app, arg) => {
    const node = nodeOf(arg);
    const all = node?.kind === 'ended';
    const chosen = all ? undefined : await endedOf(app, arg, 'Ended session to remove');
    const server = all ? node.server : chosen?.server;
    if (server === undefined) return;
    const sessions = chosen
      ? [chosen.session]
      : server.sessions.filter((one) => !isAlive(one) && !isJob(one));
    if (sessions.length === 0 || !(await agreed(sessions))) return;
    for (const { id } of sessions) {
      app.terminals.find(server, id)?.finish();
      await server.client.call('removeSession', { params: { id } });
    }
    await server.refresh();
  },
};

async function agreed(sessions: readonly SessionInfo[]): Promise<boolean> {
  const remove = 'Remove';
  const [first] = sessions;
  const what = sessions.length === 1 ? `“${first?.name}”` : `${sessions.length} ended sessions`;
  const detail = 'Their output, plots and saved objects are deleted on the server. Project files stay.';
  const question = `Remove ${what}?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}
