import { ready } from '../servers/choose.ts';
import { startSession } from '../sessions/start.ts';
import type { Command } from './command.ts';
import { serverOf } from './target.ts';

export const newSession: Command = {
  id: 'farside.newSession',
  run: async (app, node) => {
    const server = await serverOf(app, node);
    if (server === undefined || !(await ready(app, server))) return;
    const { session } = await startSession(app, server);
    app.terminals.show(server, session);
  },
};
