import type { LinkStatus, SessionLink } from '@farside/client';
import type { FarsideError, Final } from '@farside/protocol';

/** How following a session came to its end. */
export type Outcome =
  | { readonly how: 'ended'; readonly final: Final }
  | { readonly how: 'lost'; readonly reason: FarsideError }
  /** The user left; the session goes on. */
  | { readonly how: 'left'; readonly code: number };

/** Settles when the session has ended or can not be followed any more. */
export function outcomeOf(link: SessionLink): Promise<Outcome> {
  return new Promise((resolve) => {
    const look = (status: LinkStatus): void => {
      if (status.state === 'ended') resolve({ how: 'ended', final: status.final });
      else if (status.state === 'closed')
        resolve(status.reason ? { how: 'lost', reason: status.reason } : { how: 'left', code: 0 });
    };
    link.onStatus(look);
  });
}

const EXPECTED = new Set(['quit', 'eof', 'asked']);

/** Exit code for an outcome; says on standard error what nobody asked for. */
export function report(outcome: Outcome): number {
  if (outcome.how === 'left') return outcome.code;
  if (outcome.how === 'lost') {
    process.stderr.write(`farside: ${outcome.reason.text}\n`);
    return 1;
  }
  const { cause, message, status } = outcome.final;
  if (EXPECTED.has(cause)) return status ?? 0;
  process.stderr.write(`farside: the session has ended: ${message}\n`);
  return status || 1;
}
