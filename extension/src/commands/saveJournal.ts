import { saveJournal as save } from '../journal/save.ts';
import type { Command } from './command.ts';
import { anySessionOf } from './target.ts';

export const saveJournal: Command = {
  id: 'farside.saveJournal',
  run: async (app, node) => {
    const chosen = await anySessionOf(app, node, 'Session whose whole output to save');
    if (chosen !== undefined) await save(chosen.server, chosen.session);
  },
};
