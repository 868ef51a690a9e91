import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder this program was installed in: the one that holds `r/farside`, for the bundle and for the sources. */
export function productRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!statSync(join(dir, 'r', 'farside', 'DESCRIPTION'), { throwIfNoEntry: false })) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`There is no r/farside above ${fileURLToPath(import.meta.url)}.`);
    dir = parent;
  }
  return dir;
}

/** The command that starts this program again, as a bundle or from the sources, with flags for Node itself. */
export function productCommand(...nodeFlags: string[]): string[] {
  const self = fileURLToPath(import.meta.url);
  const entry = self.endsWith('.ts') ? join(productRoot(), 'server', 'src', 'main.ts') : self;
  return [process.execPath, ...nodeFlags, entry];
}
