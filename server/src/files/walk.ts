import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '@farside/protocol';

/** A listing longer than this helps nobody and would stall the server; the rest is left out. */
export const MAX_LISTED = 50_000;
/** Files asked for their size at the same time. */
const STATS_AT_ONCE = 64;

export interface Walked extends FileEntry {
  /** size, modification time in ns and inode: while these stay, the content stays. */
  readonly mark: FileMark;
}
export interface FileMark {
  readonly size: number;
  readonly mtime: string;
  readonly inode: string;
}

export const markOf = (stats: { size: bigint; mtimeNs: bigint; ino: bigint }): FileMark => ({
  size: Number(stats.size),
  mtime: stats.mtimeNs.toString(),
  inode: stats.ino.toString(),
});
export const sameMark = (a: FileMark, b: FileMark): boolean =>
  a.size === b.size && a.mtime === b.mtime && a.inode === b.inode;

/** All regular files below a directory, sorted by path. Links are not followed. */
export async function walk(dir: string): Promise<Walked[]> {
  const paths: string[] = [];
  await collect(dir, '', paths);
  const found: Walked[] = [];
  for (let from = 0; from < paths.length; from += STATS_AT_ONCE)
    for (const entry of await Promise.all(paths.slice(from, from + STATS_AT_ONCE).map((p) => statOf(dir, p))))
      if (entry) found.push(entry);
  return found;
}

async function collect(dir: string, prefix: string, paths: string[]): Promise<void> {
  for (const entry of await entriesOf(join(dir, prefix))) {
    if (paths.length >= MAX_LISTED) return;
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) await collect(dir, path, paths);
    else if (entry.isFile()) paths.push(path);
  }
}

/** A directory that goes away meanwhile, or may not be read, has no files. */
async function entriesOf(dir: string): Promise<Dirent[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function statOf(dir: string, path: string): Promise<Walked | undefined> {
  const stats = await lstat(join(dir, path), { bigint: true }).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  return { path, size: Number(stats.size), modified: Number(stats.mtimeMs), mark: markOf(stats) };
}
