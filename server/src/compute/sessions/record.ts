import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
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

/**
 * Deletes a session's directory: gone at once for everybody by its new name, and then from the disk. A restored
 * session works where the old one did, which may be inside the old one's directory: then that stays, until the last
 * session that works there is removed. `workdirs`: those of the sessions that stay.
 */
export async function removeRecord(
  root: string,
  session: { dir: string; workdir: string },
  workdirs: readonly string[],
): Promise<void> {
  await removeBut(root, session.dir, workdirs);
  const place = owningDir(root, session.workdir);
  const orphan = place !== undefined && place !== session.dir && !existsSync(sessionFiles(place).meta);
  if (orphan) await removeBut(root, place, workdirs);
}

async function removeBut(root: string, dir: string, workdirs: readonly string[]): Promise<void> {
  const doomed = join(root, REMOVED_PREFIX + basename(dir));
  const used = workdirs.filter((path) => owningDir(root, path) === dir);
  if (used.length === 0) {
    await rename(dir, doomed);
  } else {
    const kept = new Set(used.map((path) => relative(dir, path).split(sep)[0]));
    mkdirSync(doomed, { mode: 0o700 });
    const gone = (await readdir(dir)).filter((name) => !kept.has(name));
    await Promise.all(gone.map((name) => rename(join(dir, name), join(doomed, name))));
  }
  await rm(doomed, { recursive: true, force: true });
}

/** The session directory that a path lies in. */
function owningDir(root: string, path: string): string | undefined {
  const [first = '', ...rest] = relative(root, path).split(sep);
  return rest.length === 0 || first === '..' ? undefined : join(root, first);
}

/** Deletes what an earlier node left half made or half removed; true when it was that. */
export async function removeUnfinished(root: string, name: string): Promise<boolean> {
  if (!name.startsWith(UNFINISHED)) return false;
  removeTempDir(join(root, name));
  await rm(join(root, name), { recursive: true, force: true });
  return true;
}
