import { downloadFromSession } from '../files/download.ts';
import { downloadFolderFromSession } from '../files/downloadFolder.ts';
import { uploadToSession } from '../files/upload.ts';
import { uploadFolderToSession } from '../files/uploadFolder.ts';
import type { Command } from './command.ts';
import { anySessionOf, sessionOf } from './target.ts';

/** Files of any size between this machine and a session. */
export const FILE_COMMANDS: readonly Command[] = [
  {
    id: 'farside.uploadFile',
    run: async (app, node) => {
      const chosen = await sessionOf(app, node);
      if (chosen !== undefined) await uploadToSession(chosen.server, chosen.session);
    },
  },
  {
    id: 'farside.uploadFolder',
    run: async (app, node) => {
      const chosen = await sessionOf(app, node);
      if (chosen !== undefined) await uploadFolderToSession(chosen.server, chosen.session);
    },
  },
  {
    id: 'farside.downloadFile',
    run: async (app, node) => {
      const chosen = await anySessionOf(app, node, 'Session to download a file from');
      if (chosen !== undefined) await downloadFromSession(chosen.server, chosen.session);
    },
  },
  {
    id: 'farside.downloadFolder',
    run: async (app, node) => {
      const chosen = await anySessionOf(app, node, 'Session to download a folder from');
      if (chosen !== undefined) await downloadFolderFromSession(chosen.server, chosen.session);
    },
  },
];
