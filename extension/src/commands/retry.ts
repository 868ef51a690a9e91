import type { Command } from './command.ts';

export const retry: Command = {
  id: 'farside.retry',
  run: async (app) => {
    await app.servers.refresh();
    const failed = app.servers.all.find((server) => server.state.kind === 'failed');
    for (const terminal of app.terminals.all) terminal.link.retryNow();
    if (failed?.state.kind === 'failed') throw failed.state.error;
  },
};
