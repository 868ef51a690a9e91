import { existsSync, watch } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sessionFiles } from '../files.ts';
import { connectWorker } from './connection.ts';

/** Between the worker's bind and its listen. */
const LISTEN_MS = 5;

/** Connects as soon as the worker listens. `signal` ends the waiting. */
export async function waitForWorker(dir: string, signal: AbortSignal): Promise<Socket> {
  await socketFile(dir, signal);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await connectWorker(dir);
    } catch {
      await delay(LISTEN_MS, undefined, { signal });
    }
  }
}

function socketFile(dir: string, signal: AbortSignal): Promise<void> {
  const path = join(dir, sessionFiles(dir).socket);
  return new Promise((resolve, reject) => {
    const watcher = watch(dir);
    const finish = (done: () => void): void => {
      watcher.close();
      signal.removeEventListener('abort', aborted);
      done();
    };
    const aborted = (): void => finish(() => reject(signal.reason));
    const check = (): void => {
      if (existsSync(path)) finish(resolve);
    };
    signal.addEventListener('abort', aborted);
    watcher.on('change', check);
    watcher.on('error', (error) => finish(() => reject(error)));
    if (signal.aborted) aborted();
    else check();
  });
}
