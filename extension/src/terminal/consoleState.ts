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
    case 'ended':
      return undefined;
  }
}

/** The title of a terminal tab: the session first, since tabs are narrow. */
export function terminalTitle(session: string, console: ConsoleState): string {
  switch (console.state) {
    case 'idle':
    case 'continuation':
      return `REMOTE> ${session}`;
    case 'starting':
      return `REMOTE> ${session} (connecting)`;
    case 'browser':
      return `REMOTE> ${session} (debugging)`;
    case 'waiting':
      return `REMOTE> ${session} (asks)`;
    case 'busy':
      return `REMOTE> ${session} (busy)`;
    case 'offline':
      return `REMOTE> ${session} (offline)`;
    case 'ended':
      return `REMOTE> ${session} (ended)`;
  }
}
