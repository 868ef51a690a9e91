import type { About, FarsideError } from '@farside/protocol';

/** How a server stands with us. */
export type ServerState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'failed'; readonly error: FarsideError }
  | { readonly kind: 'ready'; readonly about: About };
