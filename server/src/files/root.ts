import { lstat, mkdir, open, realpath, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { constants, type BigIntStats } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { checkPath } from './paths.ts';

/** A project's folders are its owner's alone, like the data directory. */
export const DIRECTORY_MODE = 0o700;
/** An error code of the operating system, or ''. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** A directory whose files are named from outside: no name and no symbolic link leads out of it. */
export class Root {
  readonly dir: string;
  constructor(dir: string) {
    this.dir = dir;
  }

  /** Opens a file for reading. Throws `noSuchFile` for what is not a regular file inside. */
  async open(path: string): Promise<{ handle: FileHandle; stats: BigIntStats; realPath: string }> {
    const relative = checkPath(path);
    const handle = await open(join(this.dir, relative), constants.O_RDONLY | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        throw fileError(error, relative);
      },
    );
    try {
      const [stats, realPath] = await Promise.all([
        handle.stat({ bigint: true }),
        // What was opened, whatever the name leads to meanwhile.
        realpath(`/proc/self/fd/${handle.fd}`),
      ]);
      if (!stats.isFile() || !(await this.#contains(realPath)))
        throw new FarsideError('noSuchFile', { path: relative });
      return { handle, stats, realPath };
    } catch (error) {
      await handle.close();
      throw fileError(error, relative);
    }
  }

  /** Where a file may be written: its directory is made, and is inside when all links are followed. */
  async place(path: string): Promise<string> {
    const relative = checkPath(path);
    const target = join(this.dir, relative);
    const parent = dirname(target);
    const existing = await deepestExisting(parent, this.dir);
    if (!(await this.#contains(await realpath(existing)))) throw outside(relative);
    await mkdir(parent, { recursive: true, mode: DIRECTORY_MODE }).catch((error: unknown) => {
      throw fileError(error, relative);
    });
    const real = await realpath(parent);
    if (!(await this.#contains(real))) throw outside(relative);
    const place = join(real, relative.slice(relative.lastIndexOf('/') + 1));
    const there = await lstat(place).catch(() => undefined);
    if (there?.isDirectory()) throw new FarsideError('badPath', { path: relative, reason: 'it is a folder' });
    return place;
  }

  /** Removes a file (a link itself, not what it leads to). */
  async remove(path: string): Promise<void> {
    const relative = checkPath(path);
    const target = join(this.dir, relative);
    try {
      const real = await realpath(dirname(target));
      if (!(await this.#contains(real))) throw outside(relative);
      const place = join(real, relative.slice(relative.lastIndexOf('/') + 1));
      await ((await lstat(place)).isDirectory() ? rmdir(place) : rm(place));
    } catch (error) {
      throw fileError(error, relative);
    }
  }

  async #contains(realPath: string): Promise<boolean> {
    const root = await realpath(this.dir);
    return realPath === root || realPath.startsWith(root + sep);
  }
}

async function deepestExisting(path: string, root: string): Promise<string> {
  if (path === root || !path.startsWith(root + sep)) return root;
  const there = await lstat(path).catch(() => undefined);
  return there ? path : deepestExisting(dirname(path), root);
}

const outside = (path: string) =>
  new FarsideError('badPath', { path, reason: 'a link leads out of the folder' });

/** What a failed operation on a file means to the caller. */
export function fileError(error: unknown, path: string): unknown {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENXIO':
      return new FarsideError('noSuchFile', { path });
    case 'ENOTDIR':
    case 'EEXIST':
      return new FarsideError('badPath', { path, reason: 'a part of it is a file' });
    case 'ELOOP':
      return outside(path);
    case 'EACCES':
    case 'EPERM':
      return new FarsideError('forbidden', { reason: `the server may not touch "${path}"` });
    case 'ENOTEMPTY':
      return new FarsideError('badPath', { path, reason: 'it is a folder that is not empty' });
    case 'ENOSPC':
    case 'EDQUOT':
      return new FarsideError('diskFull', {}, { cause: error });
    default:
      return error;
  }
}
