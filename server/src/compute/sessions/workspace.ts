import { statSync } from 'node:fs';

/** When a workspace was saved, ms since 1970; undefined when it was not. */
export function savedAt(file: string): number | undefined {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified === undefined ? undefined : Math.floor(modified);
}
