import type { Command } from './command.ts';
import { pickServer } from './pickServer.ts';

export const signOut: Command = {
  id: 'farside.signOut',
  run: async (app, node) => (await pickServer(app, node, 'Server to sign out of'))?.signOut(),
};
