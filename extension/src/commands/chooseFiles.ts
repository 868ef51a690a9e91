import { chooseServer } from '../servers/choose.ts';
import { projectFor } from '../run/project.ts';
import { previewProject } from '../run/syncProject.ts';
import type { Command } from './command.ts';

export const chooseFiles: Command = {
  id: 'farside.chooseFiles',
  run: async (app) => {
    const server = app.current.get()?.server ?? (await chooseServer(app));
    const project = server && projectFor(app, server);
    if (project !== undefined) await previewProject(project);
  },
};
