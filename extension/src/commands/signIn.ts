import { addServer, signIn as dialog } from '../servers/dialogs.ts';
import type { Command } from './command.ts';
import { pickServer } from './pickServer.ts';

export const signIn: Command = {
  id: 'farside.signIn',
  run: async (app, node) => {
    if (app.servers.all.length === 0) return addServer(app);
    const server = await pickServer(app, node, 'Server to sign in to');
    if (server === undefined) return;
    await dialog(app, server);
  },
};
