import { writeSync } from 'node:fs';
import { FarsideError, toErrorBody, type ErrorBody } from '@farside/protocol';

/** Names the descriptor on which a started compute node tells its starter how it goes. */
export const READY_FD_VARIABLE = 'FARSIDE_READY_FD';

export type StartMessage = { ready: true } | { progress: string } | { error: ErrorBody };

/** Tells the starter; without one, nobody. A starter that has gone is not missed. */
export function tellStarter(message: StartMessage): void {
  const fd = Number(process.env[READY_FD_VARIABLE]);
  if (!fd) return;
  try {
    writeSync(fd, `${JSON.stringify(message)}\n`);
  } catch {
    // It gave up waiting.
  }
}

/** The error as the starter gets it. */
export function startError(error: unknown): StartMessage {
  const known =
    error instanceof FarsideError
      ? error
      : new FarsideError('computeDown', { reason: String(error) }, { cause: error });
  return { error: toErrorBody(known) };
}
