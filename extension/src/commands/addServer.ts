import { addServer as dialog } from '../servers/dialogs.ts';
import type { Command } from './command.ts';

export const addServer: Command = { id: 'farside.addServer', run: dialog };
