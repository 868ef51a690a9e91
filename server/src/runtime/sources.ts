import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a build leaves behind in a source tree, and what an installed package does not need. */
const NOT_SOURCE =
  /\.(o|so|a|dylib|log|cache)$|(^|\/)(tests|\.Rproj\.user|config\.status|config\.log)(\/|$)|\.Rcheck/;

/** The files of an R package that its installation is made from, relative, sorted. */
export function packageSources(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((path) => !NOT_SOURCE.test(path))
    .sort();
}

/** Names sources and whatever else an installation depends on. */
export function fingerprint(dir: string, files: readonly string[], more: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of more) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(dir, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}
