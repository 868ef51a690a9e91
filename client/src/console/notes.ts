import { readTombstone, tombstoneText } from '@farside/protocol';
import { linkText, type LinkStatus, type PendingInput } from '../attach/index.ts';
import { span } from '../attach/away.ts';

const DIM = '\x1b[2m';
const NORMAL = '\x1b[22m';
/** A shorter wait is not worth counting. */
const WORTH_COUNTING_MS = 5_000;
/** Lines that were not run are shown up to so many. */
const LINES_SHOWN = 20;

export const READ_ONLY = '(read-only)';
export const READ_ONLY_HINT = '(read-only: this window shows the session, it sends nothing)';

/** A quiet line of our own, told apart from output by being dim; plain text to a screen reader. */
export const dim = (text: string): string => `${DIM}${text}${NORMAL}`;

/** What the row under the line says about the connection; undefined when there is nothing to say. */
export function connectionText(
  status: LinkStatus,
  { wasLive, unsent }: { wasLive: boolean; unsent: number },
  now = Date.now(),
): string | undefined {
  switch (status.state) {
    case 'offline':
    case 'connecting': {
      const waited = now - status.since;
      if (!wasLive) return waited < WORTH_COUNTING_MS ? undefined : linkText(status, now);
      const counted = waited < WORTH_COUNTING_MS ? '' : ` ${span(waited)}`;
      return `connection lost, trying again…${counted}${unsentText(unsent)}`;
    }
    case 'signedOut':
      return `signed out${unsentText(unsent)}`;
    default:
      return undefined;
  }
}

const unsentText = (unsent: number): string =>
  unsent === 0 ? '' : unsent === 1 ? ' (1 input is not sent yet)' : ` (${unsent} inputs are not sent yet)`;

export const tombstoneNote = (payload: Uint8Array): string => {
  const tombstone = readTombstone(payload);
  return tombstone ? tombstoneText(tombstone) : '[something of the journal is missing here]';
};

/** Names the lines that R did not read before it ended. */
export function notRunNote(lines: readonly string[]): string {
  const more = lines.length > LINES_SHOWN ? [`… and ${lines.length - LINES_SHOWN} more`] : [];
  const shown = lines.slice(0, LINES_SHOWN).map((line) => `  ${line}`);
  return ['[R ended before this was run:]', ...shown, ...more].join('\n');
}

/** The lines of an input that R has not read. */
export function unreadLines({ what, linesRead }: PendingInput): string[] {
  const lines = what.kind === 'run' ? [what.name] : what.text.replace(/\n$/, '').split('\n');
  return lines.slice(linesRead);
}
