import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { sessionFiles } from '../files.ts';

const R_TEMP = /^Rtmp[A-Za-z0-9]{6}$/;

/** R that was killed leaves its temporary directory behind; it wrote down which one that was. */
export function removeTempDir(dir: string): void {
  let path: string;
  try {
    path = readFileSync(sessionFiles(dir).tempdir, 'utf8').trimEnd();
  } catch {
    return;
  }
  if (!isAbsolute(path) || !R_TEMP.test(basename(path))) return;
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
    rmSync(path, { recursive: true, force: true });
}
