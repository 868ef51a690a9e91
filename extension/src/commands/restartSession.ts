import { restartSession as restart } from '../sessions/restart.ts';
import type { Command } from './command.ts';
import { endedOf } from './target.ts';

export const restartSession: Command = {
  id: 'farside.restartSession',
  run: async (app, node) => {
    const chosen = await endedOf(app, node, 'Session to start again in its folder');
    if (chosen !== undefined) await restart(app, chosen.server, chosen.session);
  },
};
