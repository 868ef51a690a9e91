import { randomUUID } from 'node:crypto';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, fileError } from './root.ts';

/** Files of a project are read and written by their owner. */
export const FILE_MODE = 0o600;

/** Moves a complete file into place: readers see the old one or the new one, never a part. */
export async function putInPlace(
  source: string,
  place: string,
  path: string,
  mode = FILE_MODE,
): Promise<void> {
  try {
    await chmod(source, mode);
    await rename(source, place);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw fileError(error, path);
    await copyInPlace(source, place, mode).catch((copyError: unknown) => {
      throw fileError(copyError, path);
    });
  }
}

/** Another file system: copied beside its place first. */
async function copyInPlace(source: string, place: string, mode: number): Promise<void> {
  const beside = join(dirname(place), `.farside-${randomUUID()}`);
  try {
    await copyFile(source, beside);
    await chmod(beside, mode);
    await rename(beside, place);
  } finally {
    await rm(beside, { force: true });
  }
  await rm(source, { force: true });
}
