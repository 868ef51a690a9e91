import { ensureSession } from '../sessions/choose.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const openTerminal: Command = {
  id: 'farside.openTerminal',
  run: async (app, node, how) => {
    const chosen = node === undefined ? await ensureSession(app) : await sessionOf(app, node);
    // A click on the row shows the terminal as it is, also one that only watches.
    const as = how === 'asItIs' ? undefined : 'write';
    if (chosen !== undefined) app.terminals.show(chosen.server, chosen.session, { as });
  },
};
