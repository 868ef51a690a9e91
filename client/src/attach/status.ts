import type { FarsideError, Final } from '@farside/protocol';
import { span } from './away.ts';

/** Where a link stands. `offline` and `signedOut` go on by themselves; `ended` and `closed` do not. All times: ms since 1970. */
export type LinkStatus =
  /** `since`: when the waiting began, over all attempts. */
  | { readonly state: 'connecting'; readonly host: string; readonly since: number }
  /** Records up to `head` were there before this attach. */
  | { readonly state: 'replaying'; readonly head: number }
  | { readonly state: 'live' }
  | {
      readonly state: 'offline';
      readonly host: string;
      readonly reason: FarsideError;
      readonly retryAt: number;
      readonly attempt: number;
      readonly since: number;
    }
  /** The sign-in is over. Cursor and inputs are kept; after the next sign-in the link attaches by itself. */
  | { readonly state: 'signedOut'; readonly reason: FarsideError }
  | { readonly state: 'ended'; readonly final: Final }
  | { readonly state: 'closed'; readonly reason?: FarsideError };

export const isOver = (status: LinkStatus): boolean => status.state === 'ended' || status.state === 'closed';

/** What a link waits for, in words, e.g. "Connecting to host… 12 s". */
export function linkText(status: LinkStatus, now = Date.now()): string {
  switch (status.state) {
    case 'connecting':
      return `Connecting to ${status.host}…${waited(now - status.since)}`;
    case 'replaying':
      return 'Reading what happened…';
    case 'live':
      return 'Connected';
    case 'offline':
      return `No connection to ${status.host}, trying again…${waited(now - status.since)}`;
    case 'signedOut':
      // A directory's reason is worth reading: it may want another factor, or the account is locked.
      return status.reason.code === 'directoryRefused'
        ? status.reason.text
        : 'Your sign-in has expired. Sign in again to go on: nothing is lost.';
    case 'ended':
      return status.final.message;
    case 'closed':
      return status.reason?.message ?? 'Closed';
  }
}

const waited = (ms: number): string => (ms >= 1000 ? ` ${span(ms)}` : '');
