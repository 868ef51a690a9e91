import { chooseSession } from '../sessions/choose.ts';
import type { Command } from './command.ts';

export const switchSession: Command = {
  id: 'farside.switchSession',
  run: async (app) => {
    const chosen = await chooseSession(app);
    if (chosen !== undefined) app.terminals.show(chosen.server, chosen.session);
  },
};
