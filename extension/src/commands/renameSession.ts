import { renameSession as dialog } from '../sessions/rename.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const renameSession: Command = {
  id: 'farside.renameSession',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen !== undefined) await dialog(chosen.server, chosen.session);
  },
};
