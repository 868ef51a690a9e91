import type { Command } from './command.ts';

export const refreshSessions: Command = {
  id: 'farside.refreshSessions',
  run: (app) => app.servers.refresh(),
};
