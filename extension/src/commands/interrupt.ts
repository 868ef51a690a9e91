import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const interrupt: Command = {
  id: 'farside.interrupt',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen === undefined) return;
    const { server, session } = chosen;
    const open = app.terminals.find(server, session.id);
    if (open !== undefined && !open.offline) open.link.interrupt();
    else await server.client.call('cancelSession', { params: { id: session.id } });
  },
};
