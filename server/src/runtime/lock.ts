import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a waiting process looks whether the lock is free. */
const LOOK_EVERY_MS = 200;
const SQLITE_BUSY = 5;

export interface Lock {
  release(): void;
}

/**
 * Takes a lock that the kernel gives back when this process dies, however it dies; undefined when another
 * process has it. (Node has no flock; an open transaction of SQLite holds the same kind of lock.)
 */
export function tryLock(path: string): Lock | undefined {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

/** Takes the lock as soon as it is free. */
export async function lock(path: string): Promise<Lock> {
  for (;;) {
    const got = tryLock(path);
    if (got) return got;
    await delay(LOOK_EVERY_MS);
  }
}
