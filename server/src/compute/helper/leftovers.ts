import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'farside-render-';
const NAMED = /^farside-render-(\d+)-/;

/** Names the directory of a helper after the compute node that made it. */
export const helperDirPrefix = (node: number): string => `${PREFIX}${node}-`;

/** Removes the directories of helpers whose compute node was killed; those of other users stay. */
export function removeHelperDirs(root = tmpdir()): void {
  for (const name of readdirSync(root)) {
    const node = NAMED.exec(name)?.[1];
    if (node === undefined || existsSync(`/proc/${node}`)) continue;
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}
