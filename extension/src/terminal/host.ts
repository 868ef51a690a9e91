import type { SessionTerminal } from './sessionTerminal.ts';

/** A terminal that shows a session only at times: local R and the remote one in turn. */
export abstract class SessionHost {
  /** The session that belongs to it, shown or on hold. */
  abstract readonly remote: SessionTerminal | undefined;
  /** The remote session is shown now. */
  abstract readonly isRemote: boolean;
}
