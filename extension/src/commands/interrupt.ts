import { askAndEnd } from '../sessions/end.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

/** Each time one rung higher: interrupt, stronger, then the question whether to end R. */
export const interrupt: Command = {
  id: 'farside.interrupt',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen === undefined) return;
    const { server, session } = chosen;
    if ((await app.interrupts.interrupt(server, session)) === 'end')
      await askAndEnd(server, session, 'stuck');
  },
};
