import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenStore } from '@farside/client';
import { FarsideError, KeptTokens } from '@farside/protocol';
import { z } from 'zod';

const Saved = z.record(z.string(), KeptTokens);
type Saved = z.infer<typeof Saved>;

/** A lock older than this was left behind: a renewal takes seconds. */
const STALE_LOCK_MS = 60_000;
const LOCK_POLL_MS = 50;

export function tokenFilePath(): string {
  const base = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(base, 'farside', 'tokens.json');
}

/** Sign-ins kept on request, for this user only (0600), by server; shared by all commands that run. */
export function fileTokenStore(url: string, path = tokenFilePath()): TokenStore {
  const change = async (edit: (saved: Saved) => void): Promise<void> => {
    const saved = await readSaved(path);
    edit(saved);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(saved, null, 2), { mode: 0o600 });
    await rename(temporary, path);
  };
  return {
    load: async () => (await readSaved(path))[url],
    save: (pair) => change((saved) => void (saved[url] = pair)),
    clear: async () => {
      if ((await readSaved(path))[url]) await change((saved) => void delete saved[url]);
    },
    exclusive: (work) => withLock(`${path}.lock`, work),
  };
}

async function readSaved(path: string): Promise<Saved> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return Saved.parse(JSON.parse(text));
  } catch (cause) {
    throw new FarsideError(
      'badRequest',
      { reason: `${path} is damaged; remove it and sign in again` },
      { cause },
    );
  }
}

/** Making a directory is atomic everywhere: who makes it has the lock. */
async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
  while (!(await taken(lock))) await delay(LOCK_POLL_MS);
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age =
      Date.now() -
      (await stat(lock).then(
        (s) => s.mtimeMs,
        () => Date.now(),
      ));
    if (age > STALE_LOCK_MS) await rm(lock, { recursive: true, force: true });
    return false;
  }
}
