import type { Command } from './command.ts';

export const openRTerminal: Command = {
  id: 'farside.openRTerminal',
  run: (app) => Promise.resolve(app.rTerminals.show()),
};
