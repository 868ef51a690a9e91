import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';

/** What a command gets when it is started from the Sessions view. */
export type TreeNode =
  | { readonly kind: 'server'; readonly server: ServerConnection }
  | { readonly kind: 'session'; readonly server: ServerConnection; readonly session: SessionInfo }
  /** The sessions that have ended, out of the way of those that run. */
  | { readonly kind: 'ended'; readonly server: ServerConnection };
