import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { z } from 'zod';
import { tryLock, type Lock } from '../runtime/lock.ts';
import type { DataFiles } from './dataFiles.ts';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** Rights of the group and of everybody else. */
const OTHERS = 0o077;

/** `serve.json`: how `farside user` finds and speaks to the server that runs (0600). */
export const ServeInfo = z.object({ pid: z.number(), url: z.string(), secret: z.string() });
export type ServeInfo = z.infer<typeof ServeInfo>;

/** Makes the directory and what is in it; throws `dataDirNotWritable`. */
export function prepareDataDir(dir: string, files: DataFiles): void {
  try {
    mkdirSync(dir, { recursive: true, mode: DIRECTORY_MODE });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    closeToOthers(dir, files);
    for (const sub of [
      dirname(files.log),
      files.folders,
      files.uploads,
      files.temporary,
      files.jobs,
      files.snapshots,
    ])
      mkdirSync(sub, { recursive: true, mode: DIRECTORY_MODE });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FarsideError('dataDirNotWritable', { dir, reason }, { cause: error });
  }
}

/** A directory with other things in it, e.g. /tmp named by mistake, is not ours to close. */
function closeToOthers(dir: string, files: DataFiles): void {
  if ((statSync(dir).mode & OTHERS) === 0) return;
  if (readdirSync(dir).length > 0 && !existsSync(files.database))
    throw new Error('it holds other files and other users may look into it; choose an empty one');
  chmodSync(dir, DIRECTORY_MODE);
}

/** Makes this process the only server of the directory; throws `dataDirServed`. */
export function lockDataDir(dir: string, files: DataFiles): Lock {
  const lock = tryLock(files.lock);
  if (!lock) throw new FarsideError('dataDirServed', { dir, pid: readServeInfo(files)?.pid ?? 'unknown' });
  // What an earlier server was receiving when it was killed.
  rmSync(files.temporary, { recursive: true, force: true });
  mkdirSync(files.temporary, { mode: DIRECTORY_MODE });
  return lock;
}

export function readServeInfo(files: DataFiles): ServeInfo | undefined {
  try {
    return ServeInfo.parse(JSON.parse(readFileSync(files.info, 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeServeInfo(files: DataFiles, info: ServeInfo): void {
  rmSync(files.info, { force: true });
  writeFileSync(files.info, JSON.stringify(info), { mode: FILE_MODE });
}
