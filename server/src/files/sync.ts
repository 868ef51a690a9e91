import type { BigIntStats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { FileEntry, SyncPlan } from '@farside/protocol';
import type { FolderRow } from '../store/folders.ts';
import type { SyncedFileRow, SyncedFilesStore } from '../store/syncedFiles.ts';
import { HashCache } from './hashes.ts';
import { checkPath } from './paths.ts';
import { decideSync, planOf, type RemoteFile, type SyncVerdict } from './syncPolicy.ts';
import { markOf, sameMark, walk, type FileMark } from './walk.ts';

/** What client and server last agreed on, and what changed on the server since. */
export class Sync {
  readonly #synced: SyncedFilesStore;
  /** Of all files that were looked at, here and by others. */
  readonly hashes = new HashCache();
  constructor(synced: SyncedFilesStore) {
    this.#synced = synced;
  }

  async plan(folder: FolderRow, files: readonly { path: string; hash: string }[]): Promise<SyncPlan> {
    const checked = files.map(({ path, hash }) => ({ path: checkPath(path), hash: hash.toLowerCase() }));
    const synced = await this.#syncedOf(folder);
    const look = new Look(folder.path, this.hashes);
    const remote = new Map<string, RemoteFile>();
    const agreed: SyncedFileRow[] = [];
    const paths = new Set([...checked.map((f) => f.path), ...synced.keys()]);
    const local = new Map(checked.map((f) => [f.path, f.hash]));
    await Promise.all(
      Array.from(paths, async (path) => {
        const row = synced.get(path);
        const seen = await look.at(path, row);
        remote.set(path, { now: seen?.hash, synced: row?.hash });
        // Both have it, however it came there: from now on a change on either side is known as one.
        if (
          seen &&
          seen.hash === local.get(path) &&
          !(row && row.hash === seen.hash && sameMark(row, seen.mark))
        )
          agreed.push({ folder: folder.id, path, hash: seen.hash, ...seen.mark });
      }),
    );
    await this.#synced.put(agreed);
    const gone = [...synced.keys()].filter((path) => !local.has(path) && remote.get(path)?.now === undefined);
    await this.#synced.remove(folder.id, gone);
    return planOf(checked, remote);
  }

  /** Files that are new or differ from what was last synced. */
  async changes(folder: FolderRow): Promise<FileEntry[]> {
    const synced = await this.#syncedOf(folder);
    const root = await realpath(folder.path);
    const changed: FileEntry[] = [];
    for (const { mark, ...entry } of await walk(root)) {
      const row = synced.get(entry.path);
      if (row && sameMark(row, mark)) continue;
      const hash = await this.hashes.hash(join(root, entry.path), mark);
      if (hash !== undefined && hash !== row?.hash) changed.push({ ...entry, hash });
    }
    return changed;
  }

  /** The client has these versions now. A file that changed meanwhile stays a change. */
  async markSynced(folder: FolderRow, files: readonly { path: string; hash: string }[]): Promise<void> {
    const look = new Look(folder.path, this.hashes);
    const rows: SyncedFileRow[] = [];
    for (const file of files) {
      const path = checkPath(file.path);
      const seen = await look.at(path, undefined);
      if (!seen) continue;
      const hash = file.hash.toLowerCase();
      const mark = seen.hash === hash ? seen.mark : { size: -1, mtime: '', inode: '' };
      rows.push({ folder: folder.id, path, hash, ...mark });
    }
    await this.#synced.put(rows);
  }

  /** Whether a file may be put in place now. */
  async verdict(folder: FolderRow, path: string, hash: string): Promise<SyncVerdict> {
    const row = await this.#synced.find(folder.id, path);
    const seen = await new Look(folder.path, this.hashes).at(path, row);
    return decideSync(hash, { now: seen?.hash, synced: row?.hash });
  }

  /** The same for somebody who has not seen the folder: any other file that is there is a conflict. */
  async verdictUnseen(folder: FolderRow, path: string, hash: string): Promise<SyncVerdict> {
    const row = await this.#synced.find(folder.id, path);
    const seen = await new Look(folder.path, this.hashes).at(path, row);
    return decideSync(hash, { now: seen?.hash, synced: undefined });
  }

  /** Whether anything has that name; without a look into it. */
  async isThere(folder: FolderRow, path: string): Promise<boolean> {
    return (await new Look(folder.path, this.hashes).stats(path)) !== undefined;
  }

  /** A file was put in place. */
  async uploaded(folder: FolderRow, path: string, place: string, hash: string): Promise<void> {
    const mark = markOf(await lstat(place, { bigint: true }));
    this.hashes.remember(place, mark, hash);
    await this.#synced.put([{ folder: folder.id, path, hash, ...mark }]);
  }

  async #syncedOf(folder: FolderRow): Promise<Map<string, SyncedFileRow>> {
    return new Map((await this.#synced.list(folder.id)).map((row) => [row.path, row]));
  }
}

/** Looks at files of one folder; each directory is resolved once. */
class Look {
  readonly #hashes: HashCache;
  readonly #root: Promise<string>;
  readonly #dirs = new Map<string, Promise<string | undefined>>();
  constructor(dir: string, hashes: HashCache) {
    this.#hashes = hashes;
    this.#root = realpath(dir);
  }

  async at(
    path: string,
    row: SyncedFileRow | undefined,
  ): Promise<{ hash: string; mark: FileMark } | undefined> {
    const found = await this.stats(path);
    if (!found) return undefined;
    const { place, stats } = found;
    // A link or a folder in its place: never the same as a file, so it is never overwritten unasked.
    if (!stats.isFile()) return { hash: 'not a file', mark: markOf(stats) };
    const mark = markOf(stats);
    const hash = row && sameMark(row, mark) ? row.hash : await this.#hashes.hash(place, mark);
    return hash === undefined ? undefined : { hash, mark };
  }

  async stats(path: string): Promise<{ place: string; stats: BigIntStats } | undefined> {
    const dir = await this.#dir(dirname(path));
    if (dir === undefined) return undefined;
    const place = join(dir, path.slice(path.lastIndexOf('/') + 1));
    const stats = await lstat(place, { bigint: true }).catch(() => undefined);
    return stats && { place, stats };
  }

  /** The real directory, when it is there and inside. */
  #dir(path: string): Promise<string | undefined> {
    let dir = this.#dirs.get(path);
    if (!dir) this.#dirs.set(path, (dir = this.#resolve(path)));
    return dir;
  }

  async #resolve(path: string): Promise<string | undefined> {
    const root = await this.#root;
    const real = await realpath(join(root, path)).catch(() => undefined);
    return real === root || real?.startsWith(root + sep) ? real : undefined;
  }
}
