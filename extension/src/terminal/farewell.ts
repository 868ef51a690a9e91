import type { Final, SessionInfo } from '@farside/protocol';

/** What a key does in the terminal of a session that has ended. */
export type LastKey = 'restart' | 'journal' | 'close';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const PLAIN = '\x1b[0m';

/** The last lines of a terminal: why the session ended, and what can be done now. */
export function farewell(final: Final, session: Pick<SessionInfo, 'workspaceSaved' | 'kind'>): string {
  const objects =
    session.workspaceSaved === undefined ? '' : ' Its objects were saved and will be there again.';
  const what =
    session.kind === 'job'
      ? 'The Jobs view says how the job did. Press j for its whole journal.'
      : `Press Enter to start again in the same folder, j for the whole journal.${objects}`;
  const lines = [
    '',
    `${BOLD}ended:${PLAIN} ${withStop(final.message)}`,
    what,
    `${DIM}Any other key closes this terminal.${PLAIN}`,
    '',
  ];
  return lines.join('\r\n');
}

/** A job is run again from the Jobs view. */
export function lastKey(data: string, kind?: SessionInfo['kind']): LastKey {
  if (data === '\r' || data === '\n') return kind === 'job' ? 'close' : 'restart';
  return data === 'j' || data === 'J' ? 'journal' : 'close';
}

const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
