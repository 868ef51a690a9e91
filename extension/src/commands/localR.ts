import { ensureSession } from '../sessions/choose.ts';
import type { Command } from './command.ts';

/** The R terminal in front, and the switch between its local and its remote R. */
export const LOCAL_COMMANDS: readonly Command[] = [
  { id: 'farside.openRTerminal', run: (app) => Promise.resolve(app.rTerminals.show()) },
  { id: 'farside.pause', run: (app) => Promise.resolve(app.rTerminals.active?.pause()) },
  {
    id: 'farside.resume',
    run: async (app) => {
      const terminal = app.rTerminals.active ?? app.rTerminals.show();
      if (terminal === undefined) return;
      if (terminal.remote === undefined) {
        const chosen = await ensureSession(app);
        if (chosen === undefined) return;
        terminal.setRemote(chosen.server, chosen.session);
      }
      terminal.resume();
    },
  },
  { id: 'farside.exit', run: (app) => app.rTerminals.active?.exit() ?? Promise.resolve() },
];
