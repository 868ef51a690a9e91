import { ensureSession } from '../sessions/choose.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const openTerminal: Command = {
  id: 'farside.openTerminal',
  run: async (app, node) => {
    const chosen = node === undefined ? await ensureSession(app) : await sessionOf(app, node);
    if (chosen !== undefined) app.terminals.show(chosen.server, chosen.session);
  },
};
