import type { About, FarsideError } from '@farside/protocol';

/** How a server stands with us. */
export type ServerState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'connecting' }
  /** `expired`: it was not the user's wish. */
  | { readonly kind: 'signedOut'; readonly expired: boolean }
  /** It tries again by itself. `since`: ms since 1970, over all attempts. */
  | { readonly kind: 'failed'; readonly error: FarsideError; readonly since: number }
  | { readonly kind: 'ready'; readonly about: About };
