import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const openReadOnly: Command = {
  id: 'farside.openReadOnly',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen !== undefined) app.terminals.show(chosen.server, chosen.session, { as: 'watch' });
  },
};
