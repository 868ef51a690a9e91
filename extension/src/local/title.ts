import type { ConsoleState } from '@farside/client';

const WORDS: Partial<Record<ConsoleState['state'], string>> = {
  starting: 'starting',
  browser: 'debugging',
  waiting: 'asks',
  busy: 'busy',
  ended: 'ended',
};

/** The title of an R terminal while it shows local R. `paused`: the name of the session that is on hold. */
export function localTitle({ state }: ConsoleState, paused?: string): string {
  const words = [WORDS[state], paused === undefined ? undefined : `${paused} paused`];
  const said = words.filter((word) => word !== undefined);
  return `Local R${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
}

/** The first lines of a terminal with local R. */
export function localBanner(path: string, folder: string, note?: string): string {
  const lines = [`Local R: ${path} in ${folder}`, ...(note === undefined ? [] : [note]), '', ''];
  return lines.join('\r\n');
}

/** Said when a window comes back: its local R was a part of the last one. */
export const WORKSPACE_GONE =
  'The local R of the last window ended with it, and its workspace is gone. This is a new one.';
