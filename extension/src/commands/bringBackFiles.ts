import { bringBack } from '../run/bringBack.ts';
import { projectFor } from '../run/project.ts';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const bringBackFiles: Command = {
  id: 'farside.bringBackFiles',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    const project = chosen && projectFor(app, chosen.server);
    if (project !== undefined) await bringBack(app, project);
  },
};
