import type { ConsoleState } from '@farside/client';
import type { SessionState } from '@farside/protocol';

/**
 * What a console that is open here knows, in the words of the session list: it is ahead of the list by one round
 * trip. Undefined while the console does not know either.
 */
export function sessionStateOf(console: ConsoleState, busySince: number): SessionState | undefined {
  switch (console.state) {
    case 'idle':
      return { state: 'idle', prompt: 'top' };
    case 'continuation':
      return { state: 'idle', prompt: 'continuation' };
    case 'browser':
      return { state: 'idle', prompt: 'browser' };
    case 'waiting':
      return { state: 'waiting', prompt: 'readline', text: '' };
    case 'busy':
      return { state: 'busy', since: busySince };
    case 'starting':
    case 'offline':
    case 'signedOut':
    case 'ended':
      return undefined;
  }
}

const WORDS: Partial<Record<ConsoleState['state'], string>> = {
  starting: 'connecting',
  browser: 'debugging',
  waiting: 'asks',
  busy: 'busy',
  offline: 'offline',
  signedOut: 'signed out',
  ended: 'ended',
};

/** The title of a terminal tab: the session first, since tabs are narrow. */
export function terminalTitle(session: string, { state }: ConsoleState, readOnly: boolean): string {
  const words = [readOnly ? 'read-only' : undefined, WORDS[state]].filter((word) => word !== undefined);
  return `REMOTE> ${session}${words.length === 0 ? '' : ` (${words.join(', ')})`}`;
}
