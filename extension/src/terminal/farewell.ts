import type { Final, SessionInfo } from '@farside/protocol';

/** What a key does in the terminal of a session that has ended. */
export type LastKey = 'restart' | 'journal' | 'close';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const PLAIN = '\x1b[0m';

/** The last lines of a terminal: why the session ended, and what can be done now. */
export function farewell(final: Final, session: Pick<SessionInfo, 'workspaceSaved'>): string {
  const objects =
    session.workspaceSaved === undefined ? '' : ' Its objects were saved and will be there again.';
  const lines = [
    '',
    `${BOLD}ended:${PLAIN} ${withStop(final.message)}`,
    `Press Enter to start again in the same folder, j for the whole journal.${objects}`,
    `${DIM}Any other key closes this terminal.${PLAIN}`,
    '',
  ];
  return lines.join('\r\n');
}

export function lastKey(data: string): LastKey {
  if (data === '\r' || data === '\n') return 'restart';
  return data === 'j' || data === 'J' ? 'journal' : 'close';
}

const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
