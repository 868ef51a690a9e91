import type { FarsideError, Final } from '@farside/protocol';

/** Where a link stands. `offline` tries again by itself; `ended` and `closed` do not. */
export type LinkStatus =
  | { readonly state: 'connecting' }
  /** Records up to `head` were there before this attach. */
  | { readonly state: 'replaying'; readonly head: number }
  | { readonly state: 'live' }
  /** `retryAt`: ms since 1970. */
  | {
      readonly state: 'offline';
      readonly reason: FarsideError;
      readonly retryAt: number;
      readonly attempt: number;
    }
  | { readonly state: 'ended'; readonly final: Final }
  | { readonly state: 'closed'; readonly reason?: FarsideError };

export const isOver = (status: LinkStatus): boolean => status.state === 'ended' || status.state === 'closed';
