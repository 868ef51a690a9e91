import { askAndEnd } from '../sessions/end.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const endSession: Command = {
  id: 'farside.endSession',
  run: async (app, node, reason) => {
    const chosen = await sessionOf(app, node);
    if (chosen !== undefined)
      await askAndEnd(chosen.server, chosen.session, reason === 'stuck' ? 'stuck' : 'wish');
  },
};
