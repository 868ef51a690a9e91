import { runEditor } from '../run/runFile.ts';
import type { Command } from './command.ts';

export const sourceWithEcho: Command = {
  id: 'farside.sourceWithEcho',
  run: (app, uri) => runEditor(app, uri, true),
};
