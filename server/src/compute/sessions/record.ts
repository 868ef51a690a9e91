import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sessionFiles } from '../files.ts';
import { removeTempDir } from '../launch/tempDir.ts';
import { writeMeta, type SessionMeta } from './meta.ts';

/** Directories that are no sessions yet, or no longer: an earlier node was killed over them. */
const UNFINISHED = '.';
const NEW_PREFIX = '.new-';
const REMOVED_PREFIX = '.removed-';
export const SPARE_PREFIX = '.spare-';

/**
 * Makes the directory of a session, with its description, whole or not at all. `from`: a spare's directory, which
 * becomes the session's.
 */
export function makeRecord(root: string, meta: SessionMeta, from?: string): string {
  const made = from ?? join(root, NEW_PREFIX + meta.id);
  const dir = join(root, meta.id);
  try {
    mkdirSync(made, { recursive: true, mode: 0o700 });
    writeMeta(sessionFiles(made).meta, meta);
    renameSync(made, dir);
    return dir;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/** Deletes a session's directory: gone at once for everybody by its new name, and then from the disk. */
export async function removeRecord(root: string, dir: string): Promise<void> {
  const doomed = join(root, REMOVED_PREFIX + basename(dir));
  await rename(dir, doomed);
  await rm(doomed, { recursive: true, force: true });
}

/** Deletes what an earlier node left half made or half removed; true when it was that. */
export async function removeUnfinished(root: string, name: string): Promise<boolean> {
  if (!name.startsWith(UNFINISHED)) return false;
  removeTempDir(join(root, name));
  await rm(join(root, name), { recursive: true, force: true });
  return true;
}
