import { runSelectionOf } from '../run/runSelection.ts';
import type { Command } from './command.ts';

export const runSelection: Command = { id: 'farside.runSelection', run: runSelectionOf };
