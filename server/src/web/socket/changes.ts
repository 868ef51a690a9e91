import { setTimeout as delay } from 'node:timers/promises';
import type { WebDeps } from '../deps.ts';
import type { SocketServer } from './server.ts';
import { userRoom } from './signIn.ts';

/** A compute node that died is looked for again after this. */
const AGAIN_MS = 1_000;

/** Tells people that the list of their sessions changed, until the signal. */
export async function tellChanges(
  io: SocketServer,
  { compute, sessions, log }: Pick<WebDeps, 'compute' | 'sessions' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const change of compute.changes(signal)) {
        if (change.state === 'ended') await sessions.ended(change.id, Date.now());
        io.to(userRoom(change.owner)).emit('sessions:changed');
      }
    } catch (error) {
      log.warn({ err: error }, 'the stream of changes broke');
      // What happened meanwhile nobody knows: everybody looks again.
      io.emit('sessions:changed');
    }
    await delay(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
