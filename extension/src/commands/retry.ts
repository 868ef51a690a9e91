import type { Command } from './command.ts';

/** Tries all that waits for a connection at once. What is still wrong is said by the views: nothing pops up. */
export const retry: Command = {
  id: 'farside.retry',
  run: async (app) => {
    for (const server of app.servers.all) server.client.wake();
    for (const terminal of app.terminals.all) terminal.link.retryNow();
    await app.servers.refresh();
  },
};
