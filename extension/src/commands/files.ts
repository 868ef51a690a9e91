import { downloadFromSession } from '../files/download.ts';
import { uploadToSession } from '../files/upload.ts';
import type { Command } from './command.ts';
import { anySessionOf, sessionOf } from './target.ts';

const uploadFile: Command = {
  id: 'farside.uploadFile',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen !== undefined) await uploadToSession(chosen.server, chosen.session);
  },
};

const downloadFile: Command = {
  id: 'farside.downloadFile',
  run: async (app, node) => {
    const chosen = await anySessionOf(app, node, 'Session to download a file from');
    if (chosen !== undefined) await downloadFromSession(chosen.server, chosen.session);
  },
};

/** Files of any size between this machine and a session. */
export const FILE_COMMANDS: readonly Command[] = [uploadFile, downloadFile];
