import { openJournal as open } from '../journal/open.ts';
import type { Command } from './command.ts';
import { anySessionOf } from './target.ts';

export const openJournal: Command = {
  id: 'farside.openJournal',
  run: async (app, node) => {
    const chosen = await anySessionOf(app, node, 'Session whose whole output to read');
    if (chosen !== undefined) await open(app.journals, chosen.server, chosen.session);
  },
};
