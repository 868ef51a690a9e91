import { constants } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { Root } from '../../files/root.ts';

/** What R writes into the directory of a snapshot, see `r/farside/R/snapshot.R`. */
export const snapshotParts = (dir: string) => ({
  workspace: join(dir, 'workspace.RData'),
  /** There while the server waits for R to begin. */
  offer: join(dir, 'offer'),
  files: join(dir, 'files'),
  library: join(dir, 'library'),
});

/** The workspace's name in the zip, as in the original. */
export const WORKSPACE_NAME = '.RData';
/** The session's packages are below this name in the zip; no copied file can have it. */
export const LIBRARY_PREFIX = '.farside-library/';

/** A file of a snapshot and its name in the zip. */
export interface ContentEntry {
  readonly name: string;
  readonly open: () => Promise<FileHandle>;
  readonly size: number;
  readonly mtime: Date;
  readonly mode: number;
}

/**
 * All files of a snapshot, in the order of the zip. A link has the content of what it leads to, when that is inside.
 * The workspace takes the place of a file `.RData` in the working directory.
 */
export async function* contentOf(dir: string): AsyncGenerator<ContentEntry> {
  const parts = snapshotParts(dir);
  const workspace = await entryAt(new Root(dir), 'workspace.RData', WORKSPACE_NAME);
  if (workspace) yield workspace;
  for await (const path of pathsBelow(parts.files)) {
    const entry = path === WORKSPACE_NAME ? undefined : await entryAt(new Root(parts.files), path, path);
    if (entry) yield entry;
  }
  for await (const path of pathsBelow(parts.library)) {
    const entry = await entryAt(new Root(parts.library), path, LIBRARY_PREFIX + path);
    if (entry) yield entry;
  }
}

async function entryAt(root: Root, path: string, name: string): Promise<ContentEntry | undefined> {
  const place = join(root.dir, path);
  const plain = await lstat(place).catch(() => undefined);
  if (!plain) return undefined;
  const entry = { name: zipName(name), size: plain.size, mtime: plain.mtime, mode: plain.mode };
  // Files have names of any kind here; only what a link leads to needs to be checked.
  if (plain.isFile()) return { ...entry, open: () => open(place, constants.O_RDONLY | constants.O_NOFOLLOW) };
  try {
    const { handle, stats } = await root.open(path);
    await handle.close();
    const { mtime } = stats;
    const through = async () => (await root.open(path)).handle;
    return { ...entry, open: through, mtime, size: Number(stats.size), mode: Number(stats.mode) };
  } catch (error) {
    // A link that leads nowhere, or to a folder.
    if (error instanceof FarsideError) return undefined;
    throw error;
  }
}

/** Other systems read `\` and `C:` as something else: they become names without a meaning. */
const zipName = (path: string): string => path.replaceAll('\\', '_').replace(/^([A-Za-z]):/, '$1_');

async function* pathsBelow(dir: string, prefix = ''): AsyncGenerator<string> {
  const entries = await readdir(join(dir, prefix), { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) yield* pathsBelow(dir, `${path}/`);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}
