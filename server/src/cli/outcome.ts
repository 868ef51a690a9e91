import type { LinkStatus, SessionLink } from '@farside/client';
import type { FarsideError, Final } from '@farside/protocol';
import { whenPipeBreaks } from './output.ts';

/** Exit codes of a program that a signal ended: 128 and its number. */
const INTERRUPTED = 130;
const BROKEN_PIPE = 141;
const TERMINATED = 143;

/** How following a session came to its end. */
export type Outcome =
  | { readonly how: 'ended'; readonly final: Final }
  | { readonly how: 'lost'; readonly reason: FarsideError }
  /** The user left; the session goes on. */
  | { readonly how: 'left'; readonly code: number };

/**
 * Settles when the session has ended or can not be followed any more. `signInAgain` is called when the sign-in has
 * expired; without it, or when it fails, that is the end.
 */
export function outcomeOf(link: SessionLink, signInAgain?: () => Promise<void>): Promise<Outcome> {
  return new Promise((resolve) => {
    const look = (status: LinkStatus): void => {
      if (status.state === 'ended') resolve({ how: 'ended', final: status.final });
      else if (status.state === 'signedOut') {
        const lost = (): void => resolve({ how: 'lost', reason: status.reason });
        if (signInAgain) signInAgain().catch(lost);
        else lost();
      } else if (status.state === 'closed')
        resolve(status.reason ? { how: 'lost', reason: status.reason } : { how: 'left', code: 0 });
    };
    link.onStatus(look);
  });
}

/** Settles when the user leaves: Ctrl-C interrupts R (not where this only reads), once more leaves it, and so does a reader of ours that went away. */
export function leaving(link: SessionLink): Promise<Outcome> {
  return new Promise((resolve) => {
    let interrupts = 0;
    process.on('SIGINT', () => {
      if (++interrupts === 1 && !link.readOnly) link.interrupt(1);
      else resolve({ how: 'left', code: INTERRUPTED });
    });
    process.once('SIGTERM', () => resolve({ how: 'left', code: TERMINATED }));
    whenPipeBreaks(() => resolve({ how: 'left', code: BROKEN_PIPE }));
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
