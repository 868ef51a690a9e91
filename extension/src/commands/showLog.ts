import type { Command } from './command.ts';

export const showLog: Command = {
  id: 'farside.showLog',
  run: (app) => {
    app.log.show();
    return Promise.resolve();
  },
};
