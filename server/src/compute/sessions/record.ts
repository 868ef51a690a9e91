import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Names of directories that are on their way out; they are no sessions. */
const REMOVED = '.removed-';
export const isRemoved = (name: string): boolean => name.startsWith(REMOVED);

/** Deletes a session's directory: gone at once for everybody by its new name, and then from the disk. */
export async function removeRecord(root: string, dir: string): Promise<void> {
  const doomed = join(root, REMOVED + basename(dir));
  await rename(dir, doomed);
  await rm(doomed, { recursive: true, force: true });
}
