import { setTimeout as delay } from 'node:timers/promises';
import type { WebDeps } from '../deps.ts';
import type { OwnerNews } from '../ownerNews.ts';
import { gather } from './gather.ts';
import type { SocketServer } from './server.ts';
import { userRoom } from './signIn.ts';

/** A compute node that died is looked for again after this. */
const AGAIN_MS = 1_000;
/** A script may say how far it is many times a second; people read slower. */
const NEWS_MS = 100;

/** Tells people that the list of their sessions changed, until the signal. */
export async function tellChanges(
  io: SocketServer,
  { compute, sessions, jobs, log }: Pick<WebDeps, 'compute' | 'sessions' | 'jobs' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  // What happened while nobody listened, jobs find out by looking.
  const resume = (): void => void jobs.resume().catch((err: unknown) => log.error({ err }, 'jobs'));
  while (!signal.aborted) {
    try {
      for await (const change of compute.changes(signal, resume)) {
        if (change.state === 'ended') await sessions.ended(change.id, Date.now());
        jobs.sessionChanged(change.id);
        io.to(userRoom(change.owner)).emit('sessions:changed');
      }
    } catch (error) {
      log.warn({ err: error }, 'the stream of changes broke');
      // What happened meanwhile nobody knows: everybody looks again.
      io.emit('sessions:changed');
      io.emit('jobs:changed');
    }
    await delay(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Tells people that something about their jobs or snapshots changed, until the signal. */
export function tellNews(
  io: SocketServer,
  { jobs, snapshots }: Pick<WebDeps, 'jobs' | 'snapshots'>,
  signal: AbortSignal,
): void {
  tell(jobs.news, (owner) => io.to(userRoom(owner)).emit('jobs:changed'), signal);
  tell(snapshots.news, (owner) => io.to(userRoom(owner)).emit('snapshots:changed'), signal);
}

function tell(from: OwnerNews, emit: (owner: string) => void, signal: AbortSignal): void {
  const news = gather(NEWS_MS, emit);
  const stop = from.on((owner) => news.add(owner));
  signal.addEventListener('abort', () => {
    stop();
    news.stop();
  });
}
