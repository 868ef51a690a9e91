import { config } from '../config.ts';
import { runEditor } from '../run/runFile.ts';
import type { Command } from './command.ts';

export const runFile: Command = {
  id: 'farside.runFile',
  run: (app, uri) => runEditor(app, uri, config.echo()),
};
